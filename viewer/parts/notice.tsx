import type { ComponentChildren } from 'preact';

import { Icon } from './icon';
import type { IconName } from './icon';

interface Props {
  readonly icon: IconName;
  readonly title: string;
  readonly role?: 'alert' | 'status';
  readonly children?: ComponentChildren;
}

/** Stands where content would be: nothing found, not allowed, not reached. */
export function Notice({ icon, title, role, children }: Props) {
  return (
    <section class="notice" {...(role ? { role } : {})}>
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </section>
  );
}
