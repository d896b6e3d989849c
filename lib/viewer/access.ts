import { isUserLike } from '../context/identity';
import type { UserLike } from '../context/audit-context';
import { AuditError } from '../errors';
import { assertKnownKeys } from '../known-names';

/** What somebody may see of the trail; what is left out is not restricted. */
export interface ViewerAccess {
  /** Only records of these models. Events without a model are then not shown either. */
  models?: readonly string[] | ((model: string) => boolean);
  /** By model, only these attributes; models that are not named are shown whole. */
  attributes?: Readonly<Record<string, readonly string[]>> | ((model: string, attribute: string) => boolean);
  /** `false`: may not take changes back, where the viewer's option `allowRevert` lets others. */
  allowRevert?: boolean;
  /** Who it is: stands in the records of what is read (`auditReads`) and taken back. Default the request's user. */
  user?: UserLike | null;
}

const NAMES = ['models', 'attributes', 'allowRevert', 'user'];

/** What `authorize` has answered, as questions. A function of the application's lets nobody in but by `true`. */
export class Access {
  private constructor(private readonly given: ViewerAccess) {}

  /** Null for nobody. Throws AUDIT_OPTION for an answer that cannot be meant. */
  static of(answer: unknown): Access | null {
    if (!answer) return null;
    if (answer === true) return new Access({});
    if (typeof answer !== 'object')
      throw wrong('answer true, false or an object such as { models: ["Order"] }');
    assertKnownKeys(answer, NAMES, 'key of what "authorize" answers');
    const { models, attributes, allowRevert, user } = answer as ViewerAccess;
    if (models !== undefined && !isTexts(models) && typeof models !== 'function')
      throw wrong('give "models" as a list of names or a function');
    if (attributes !== undefined && !isLists(attributes) && typeof attributes !== 'function')
      throw wrong('give "attributes" as lists of names by model, or a function');
    if (allowRevert !== undefined && typeof allowRevert !== 'boolean')
      throw wrong('give "allowRevert" as true or false');
    if (user !== undefined && user !== null && !isUserLike(user))
      throw wrong('give "user" as { type, id } or an instance');
    return new Access(answer);
  }

  /** Whether everything may be seen, the state of the whole trail as well. */
  get isWhole(): boolean {
    return !this.hidesModels && !this.hidesAttributes;
  }

  get hidesModels(): boolean {
    return this.given.models !== undefined;
  }

  get hidesAttributes(): boolean {
    return this.given.attributes !== undefined;
  }

  get mayRevert(): boolean {
    return this.given.allowRevert !== false;
  }

  get user(): UserLike | null | undefined {
    return this.given.user;
  }

  /** Null is the model of events that have none. */
  mayReadModel(model: string | null): boolean {
    const { models } = this.given;
    if (models === undefined) return true;
    if (model === null) return false;
    return typeof models === 'function' ? models(model) === true : models.includes(model);
  }

  /** Whether a model has, or may have, attributes that are not to be seen. */
  isNarrowed(model: string | null): boolean {
    const { attributes } = this.given;
    if (attributes === undefined || model === null) return false;
    return typeof attributes === 'function' || Object.hasOwn(attributes, model);
  }

  /** Of a model that may be seen. */
  mayReadAttribute(model: string | null, attribute: string): boolean {
    const { attributes } = this.given;
    if (attributes === undefined || model === null || !this.isNarrowed(model)) return true;
    if (typeof attributes === 'function') return attributes(model, attribute) === true;
    return attributes[model]?.includes(attribute) === true;
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isLists(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(isTexts)
  );
}

function wrong(must: string): AuditError {
  return new AuditError('AUDIT_OPTION', `"authorize" of the audit viewer must ${must}.`);
}
