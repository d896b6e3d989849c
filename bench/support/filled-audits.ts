import { QueryTypes } from 'sequelize';
import type { Sequelize } from 'sequelize';

/** So many records has each product: the first tells of its creation, the others of updates. */
export const RECORDS_A_PRODUCT = 10;
/** A prime, so that a product is changed by many of them. */
const USERS = 997;

/** Rows of the table `audits` that are numbered on from `from`, to below `to`; the first is as old as said, and each is younger than the one before. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Of row 0, in milliseconds since 1970. */
  readonly beganAt: number;
  readonly stepMs: number;
}

/** Rows a statement. */
const CHUNK = 100_000;

/** Any prime: the records of a product lie far from each other, as those of an application do. */
const SPREAD = 7919;

/**
 * What an application with products of ten columns leaves behind, four of which an update changes. A stretch has
 * products of its own, from `from` on in tens. Ids are UUIDv7 as the package makes them, ascending in time.
 */
const FILL = `
  INSERT INTO audits (id, event, auditable_type, auditable_id, user_type, user_id, url, ip_address, user_agent,
    request_id, transaction_id, old_values, new_values, created_at, schema_version)
  SELECT (lpad(to_hex(ms), 12, '0') || '7' || left(hash, 3) || 'a' || substr(hash, 4, 15))::uuid,
    CASE WHEN is_new THEN 'created' ELSE 'updated' END, 'Product', product::text, 'User', (n * 31 % :users + 1)::text,
    'https://shop.example/products/' || product, '192.0.2.' || n % 250, 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0)',
    left(hash, 20), left(hash, 20),
    CASE WHEN NOT is_new THEN jsonb_build_object('name', 'Product ' || n - 1, 'price', n % 1000 || '.45', 'stock', n % 500,
      'updatedAt', at) END,
    CASE WHEN NOT is_new THEN jsonb_build_object('name', 'Product ' || n, 'price', n % 1000 || '.95', 'stock', n % 499,
      'updatedAt', at)
    ELSE jsonb_build_object('id', product, 'sku', 'SKU-' || product, 'name', 'Product ' || n, 'description',
      'A product like many others, with a description of about a hundred characters, as most have it.',
      'price', n % 1000 || '.95', 'stock', n % 499, 'active', true, 'details', :details::jsonb, 'createdAt', at,
      'updatedAt', at) END,
    at, 1
  FROM generate_series(:first::bigint, :last::bigint) AS n,
    LATERAL (SELECT md5(n::text) AS hash, (:beganAt + n * :stepMs)::bigint AS ms, n - :from AS place) AS a,
    LATERAL (SELECT to_timestamp(ms / 1000.0) AS at, place < :products AS is_new,
      :from / :recordsAProduct + place * :spread % :products AS product) AS b`;

/**
 * Fills the table by the database itself, which is faster than any writer. Its indexes are made anew when all rows
 * are there, but for the key's, in whose order the rows come. Tells after each statement how many rows are done.
 */
export async function fillAudits(
  sequelize: Sequelize,
  stretch: Stretch,
  update: (done: number) => void,
): Promise<void> {
  const indexes = await sequelize.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE tablename = 'audits' AND indexname <> 'audits_pkey'`,
    { type: QueryTypes.SELECT },
  );
  for (const { name } of indexes) await sequelize.query(`DROP INDEX ${name}`);
  await insertRows(sequelize, stretch, update);
  for (const { definition } of indexes) await sequelize.query(definition);
  await sequelize.query('VACUUM ANALYZE audits');
  await sequelize.query('CHECKPOINT');
}

async function insertRows(
  sequelize: Sequelize,
  { from, to, beganAt, stepMs }: Stretch,
  update: (done: number) => void,
): Promise<void> {
  const fixed = {
    ...{ from, beganAt, stepMs, users: USERS, spread: SPREAD, recordsAProduct: RECORDS_A_PRODUCT },
    products: (to - from) / RECORDS_A_PRODUCT,
    details: JSON.stringify({ colour: 'green', weight: 1.5, sizes: ['S', 'M', 'L'] }),
  };
  for (let first = from; first < to; first += CHUNK) {
    const last = Math.min(first + CHUNK, to) - 1;
    await sequelize.query(FILL, { replacements: { ...fixed, first, last }, type: QueryTypes.INSERT });
    update(last + 1 - from);
  }
}
