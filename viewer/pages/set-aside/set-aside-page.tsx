import { PageHead } from '../../parts/page-head';
import { SetAsideList } from './set-aside-list';

/** Records that are not in the table: those that wait for the database, and those that it refuses. */
export function SetAsidePage() {
  return (
    <>
      <PageHead title="Set aside">
        <p>Records that the worker keeps on its own disk, because the database did not take them.</p>
      </PageHead>
      <SetAsideList
        path="api/rescue"
        title="Rescued"
        lead="The database was down. They are stored by themselves once it is back, or at once by “audit recover”."
        nothing="Nothing waits here: the database has taken all that it was given."
      />
      <SetAsideList
        path="api/buried"
        title="Buried"
        lead="The database refuses them for what they hold. Once the cause is gone, “audit recover --buried --retry” tries them again."
        nothing="Nothing was refused."
      />
    </>
  );
}
