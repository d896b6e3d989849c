import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Me } from './types';

/** What the reader may do; null until the server has said so. */
export const MeContext = createContext<Me | null>(null);

/** What the server says of the reader; null until it has. */
export function useMe(): Me | null {
  return useContext(MeContext);
}

/** Whether changes of a model may be taken back here. */
export function useCanRevert(model: string | null): boolean {
  const me = useMe();
  return me !== null && model !== null && me.allowRevert && me.canRevertModels.includes(model);
}
