/** The two calls of CloudWatch that feedrate makes, of one region. */
import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { callPatiently, type Patience } from '../aws/retry.js';
import { loadSdk, type SdkModule } from '../aws/sdk.js';

export const NAMESPACE = 'AWS/FSx';

/** A metric that CloudWatch has, by its name and dimensions. */
export interface ListedMetric {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricQuery extends ListedMetric {
  readonly statistic: string;
  readonly periodSeconds: number;
}

/** The values of one query on one page of an answer. */
export interface QueryValues {
  /** Of the query in the list that was asked. */
  readonly index: number;
  readonly points: readonly (readonly [startSeconds: number, value: number])[];
  /** Why the values may not be all: CloudWatch's own words. */
  readonly messages: readonly string[];
}

export interface MetricsPage<Item> {
  readonly items: readonly Item[];
  /** Asks for the next page; null on the last one. */
  readonly next: string | null;
}

/** What is asked of CloudWatch. Each call throws `FeedrateError('cloud')`. */
export interface MetricsApi {
  readonly region: string;
  /** Metrics of a file system that had values in the last two weeks. */
  list(fileSystemId: string, next: string | null): Promise<MetricsPage<ListedMetric>>;
  /** At most 500 queries. Times are in seconds since 1970. */
  data(
    queries: readonly MetricQuery[],
    window: { readonly startSeconds: number; readonly endSeconds: number },
    next: string | null,
  ): Promise<MetricsPage<QueryValues>>;
}

/** Returns the API of a region. Throws `FeedrateError('cloud')` when the SDK is not installed. */
export async function openCloudWatch(region: string, patience: Patience): Promise<MetricsApi> {
  const sdk = await loadSdk('cloudwatch');
  const client = new sdk.CloudWatchClient({ region, maxAttempts: 1, requestHandler: { connectionTimeout: 3000 } });
  return apiOf(sdk, client, region, patience);
}

function apiOf(sdk: SdkModule<'cloudwatch'>, client: CloudWatchClient, region: string, patience: Patience): MetricsApi {
  return {
    region,
    async list(fileSystemId, next) {
      const command = new sdk.ListMetricsCommand({
        Namespace: NAMESPACE,
        Dimensions: [{ Name: 'FileSystemId', Value: fileSystemId }],
        ...(next === null ? {} : { NextToken: next }),
      });
      const name = { action: 'cloudwatch:ListMetrics', region };
      const answer = await callPatiently(name, patience, (abortSignal) => client.send(command, { abortSignal }));
      const items = (answer.Metrics ?? []).map(({ MetricName = '', Dimensions = [] }) => ({
        name: MetricName,
        dimensions: Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
      }));
      return { items, next: answer.NextToken || null };
    },
    async data(queries, { startSeconds, endSeconds }, next) {
      const command = new sdk.GetMetricDataCommand({
        StartTime: new Date(startSeconds * 1000),
        EndTime: new Date(endSeconds * 1000),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: queries.map(queryOf),
        ...(next === null ? {} : { NextToken: next }),
      });
      const name = { action: 'cloudwatch:GetMetricData', region };
      const answer = await callPatiently(name, patience, (abortSignal) => client.send(command, { abortSignal }));
      const items = (answer.MetricDataResults ?? []).flatMap(
        ({ Id, Timestamps = [], Values = [], StatusCode, Messages }) => {
          const index = Number(Id?.slice(1));
          if (!Number.isInteger(index) || index >= queries.length) return [];
          const points = Timestamps.flatMap((time, at): [number, number][] => {
            const value = Values[at];
            return value === undefined ? [] : [[time.getTime() / 1000, value]];
          });
          const failed = StatusCode === 'InternalError' || StatusCode === 'Forbidden' ? [StatusCode] : [];
          const messages = (Messages ?? []).flatMap(({ Code, Value }) => [`${Code ?? ''} ${Value ?? ''}`.trim()]);
          return [{ index, points, messages: [...failed, ...messages] }];
        },
      );
      return { items, next: answer.NextToken || null };
    },
  };
}

function queryOf({ name, dimensions, statistic, periodSeconds }: MetricQuery, index: number): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    // An id must begin with a letter.
    Id: `q${index}`,
    MetricStat: {
      Metric: { Namespace: NAMESPACE, MetricName: name, Dimensions },
      Period: periodSeconds,
      Stat: statistic,
    },
  };
}
