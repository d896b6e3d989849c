import { Op, QueryTypes } from 'sequelize';
import type { Sequelize } from 'sequelize';

import type { Audit, AuditTrail } from '../lib';
import type { Change, Item, Operation } from './ledger';

/** What the trail holds of what the application did. Counts of changes, or of records where it says so. */
export interface Verdict {
  /** Changes that were reported as committed. Each has to be in the trail once, in full. */
  readonly acknowledged: number;
  /** Acknowledged, and not in the trail. */
  readonly lost: number;
  /** Records beyond the first of one change. */
  readonly doubled: number;
  /** Records of no change, of one that was undone or never committed, or that say something else. */
  readonly unknown: number;
  /** Committed, but never reported as such, and not in the trail: what the application was killed in. */
  readonly unreported: number;
  /** The first of what is wrong, in words. */
  readonly examples: readonly string[];
}

const PAGE = 5_000;
const EXAMPLES = 5;

/** A change and what became of it. */
interface Expected {
  readonly content: string;
  readonly operation: Operation;
  records: number;
}

/** Compares the whole of a ledger with the whole of a trail, in both directions. */
export async function judge(
  operations: readonly Operation[],
  application: Sequelize,
  trail: AuditTrail,
): Promise<Verdict> {
  const rows = await readItems(application);
  const expected = new Map<string, Expected>();
  for (const operation of operations) {
    for (const change of operation.changes)
      expected.set(nameOf(change, operation), { content: contentOf(change), operation, records: 0 });
  }
  const verdict = {
    acknowledged: 0,
    lost: 0,
    doubled: 0,
    unknown: 0,
    unreported: 0,
    examples: [] as string[],
  };
  const complain = (what: string): void =>
    void (verdict.examples.length < EXAMPLES && verdict.examples.push(what));

  for await (const record of recordsOf(trail)) {
    const change = changeOf(record);
    const meant = expected.get(nameOf(change));
    const found = meant?.content === contentOf(change) ? meant : expected.get(nameOf(change, UNDONE));
    if (!found || found.content !== contentOf(change) || !isCommitted(found.operation, rows)) {
      verdict.unknown++;
      complain(`unknown: ${record.id} ${contentOf(change)}`);
    } else if (++found.records > 1) {
      verdict.doubled++;
      complain(`doubled: ${record.id} ${contentOf(change)}`);
    }
  }
  for (const { content, operation, records } of expected.values()) {
    if (operation.fate === 'acknowledged') {
      verdict.acknowledged++;
      if (records > 0) continue;
      verdict.lost++;
      complain(`lost: ${content}`);
    } else if (records === 0 && operation.fate === 'unknown' && isCommitted(operation, rows)) {
      verdict.unreported++;
    }
  }
  return verdict;
}

const UNDONE: Pick<Operation, 'fate'> = { fate: 'undone' };

/** No two changes of a row have the same version; but one that was undone and the next that was not. */
function nameOf({ before, after }: Change, operation?: Pick<Operation, 'fate'>): string {
  const { id, version } = itemOf({ before, after });
  return `${id} ${after ? '' : 'after '}${version}${operation?.fate === 'undone' ? ' undone' : ''}`;
}

/** The row as it is, or was last. */
function itemOf({ before, after }: Change): Item {
  return (after ?? before) as Item;
}

function contentOf({ before, after }: Change): string {
  const inOrder = (item: Item | null): unknown => item && [item.id, item.version, item.text];
  return JSON.stringify([inOrder(before), inOrder(after)]);
}

/** A record says of an update only what has changed; the key is in every record. */
function changeOf({ event, auditableId, oldValues, newValues }: Audit): Change {
  const item = (values: object | null): Item => ({ ...(values as Item), id: auditableId as string });
  return {
    before: event === 'created' ? null : item(oldValues),
    after: event === 'deleted' ? null : item(newValues),
  };
}

/** Of what was not reported the rows tell: the application has left them alone since. */
function isCommitted({ fate, changes }: Operation, rows: ReadonlyMap<string, Item>): boolean {
  if (fate !== 'unknown') return fate === 'acknowledged';
  return changes.every((change) => {
    const { after } = change;
    const row = rows.get(itemOf(change).id);
    return after ? row?.version === after.version && row.text === after.text : row === undefined;
  });
}

async function readItems(application: Sequelize): Promise<Map<string, Item>> {
  const rows = await application.query<Item & object>('SELECT id, version, text FROM items', {
    type: QueryTypes.SELECT,
  });
  return new Map(rows.map((row) => [row.id, row]));
}

async function* recordsOf({ Audit: audits }: AuditTrail): AsyncGenerator<Audit> {
  for (let last: string | undefined; ;) {
    const page: Audit[] = await audits.findAll({
      where: { auditableType: 'Item', ...(last === undefined ? {} : { id: { [Op.gt]: last } }) },
      order: [['id', 'ASC']],
      limit: PAGE,
    });
    yield* page;
    last = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}
