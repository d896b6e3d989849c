import type { RequestError } from '../api/request';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';

/** Instead of any page, for whom the server does not let in. */
export function RefusedPage({ error, retry }: { error: RequestError; retry: () => void }) {
  return (
    <>
      <PageHead title={error.status === 401 ? 'Not signed in' : 'Not allowed'} />
      <Failure error={error} retry={retry} />
    </>
  );
}
