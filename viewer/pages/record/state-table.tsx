import type { StoredValues } from '../../api/types';
import { ComparedValues } from '../../changes/compared-values';
import { compared } from '../../diff/changes';
import type { Compared } from '../../diff/changes';
import { isWorthDiff } from '../../diff/layout';
import { placesIn } from '../../diff/places';
import { Text } from '../../parts/text';
import { Value } from '../../parts/value';
import { counted } from '../../values/numbers';

interface Props {
  readonly caption: string;
  readonly left: StoredValues | null;
  readonly right: StoredValues | null;
  readonly names: readonly [string, string];
  /** Whether attributes that are the same are shown as well. */
  readonly all?: boolean;
}

/** The attributes of two states beside each other. */
export function StateTable({ caption, left, right, names, all = false }: Props) {
  const attributes = compared(left, right);
  const different = attributes.filter(({ differs }) => differs).length;
  const shown = all ? attributes : attributes.filter(({ differs }) => differs);
  return (
    <>
      <p class="count">
        {different === 0
          ? 'Nothing differs.'
          : `${counted(different, 'attribute')} of ${attributes.length} ${different === 1 ? 'differs' : 'differ'}.`}
      </p>
      {shown.length > 0 && (
        <table class="changes states">
          <caption class="hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((attribute) => (
              <tr key={attribute.attribute} class={attribute.differs ? 'differs' : 'same'}>
                <th scope="row">
                  <Text value={attribute.attribute} />
                </th>
                <Cells attribute={attribute} names={names} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Cells({ attribute, names }: { attribute: Compared; names: readonly [string, string] }) {
  if (attribute.differs && isWorthDiff(attribute)) {
    return (
      <td colSpan={2}>
        <ComparedValues
          change={attribute}
          places={placesIn(attribute.attribute, attribute.before, attribute.after)}
          names={names}
        />
      </td>
    );
  }
  return (
    <>
      <td class={attribute.differs ? 'was' : ''} data-label={names[0]}>
        <Value value={attribute.before} />
      </td>
      <td class={attribute.differs ? 'became' : ''} data-label={names[1]}>
        {attribute.differs ? <Value value={attribute.after} /> : <span class="none">the same</span>}
      </td>
    </>
  );
}
