import { isDeepStrictEqual } from 'node:util';

import { UNKNOWN } from './value-type';
import type { TypeMaker } from './value-type';

const KINDS = ['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'];

interface Geometry {
  readonly type?: unknown;
  readonly coordinates?: unknown;
  readonly geometries?: unknown;
}

/** GEOMETRY, GEOGRAPHY: GeoJSON, as Sequelize reads it. PostGIS adds a reference system of its own. */
export const geometry: TypeMaker = (_, { dialect }) => ({
  fromInstance: (value) => (dialect === 'mysql' ? flat(value as Geometry) : UNKNOWN),
  equal: isDeepStrictEqual,
});

/** Two dimensions, and nothing but them: all that is in the text that Sequelize writes for MySQL and MariaDB. */
function flat({ type, coordinates, geometries }: Geometry): unknown {
  if (type === 'GeometryCollection' && Array.isArray(geometries) && geometries.length > 0) {
    const parts = geometries.map((part) => flat(part as Geometry));
    return parts.includes(UNKNOWN) ? UNKNOWN : { type, geometries: parts };
  }
  if (!KINDS.includes(type as string)) return UNKNOWN;
  const places = placesOf(coordinates);
  return places === UNKNOWN ? UNKNOWN : { type, coordinates: places };
}

function placesOf(coordinates: unknown): unknown {
  if (!Array.isArray(coordinates) || coordinates.length === 0) return UNKNOWN;
  if (coordinates.every((number) => Number.isFinite(number))) {
    return coordinates.length === 2 ? coordinates.map((number: number) => number + 0) : UNKNOWN;
  }
  const places = coordinates.map(placesOf);
  return places.includes(UNKNOWN) ? UNKNOWN : places;
}
