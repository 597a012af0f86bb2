/** The six fields of an ARN, as policies have them: with wildcards and variables. */

import { remembering } from './recent.js';

export interface ArnFields {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Regions by partition. Source: botocore 1.43.11, data/endpoints.json (2026-05). */
const REGIONS_OF: Readonly<Record<string, string>> = {
  aws: `af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2`,
  'aws-cn': 'cn-north-1 cn-northwest-1',
  'aws-us-gov': 'us-gov-east-1 us-gov-west-1',
  'aws-iso': 'us-iso-east-1 us-iso-west-1',
  'aws-iso-b': 'us-isob-east-1 us-isob-west-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-east-1 us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
};

export const PARTITIONS: readonly string[] = Object.keys(REGIONS_OF);

/** Every Region that AWS had when this list was made. */
export const REGIONS: readonly string[] = Object.values(REGIONS_OF).flatMap((names) => names.split(/\s+/));

/** Returns the fields, or null if the text has fewer than six. Colons inside of a variable separate nothing. */
export const arnFields: (text: string) => ArnFields | null = remembering(splitArn);

function splitArn(text: string): ArnFields | null {
  const hidden = text.includes('${') ? text.replaceAll(/\$\{[^}]*\}?/g, hideColons) : text;
  const parts = hidden.split(':');
  if (parts.length < 6) return null;
  const [, partition = '', service = '', region = '', account = ''] = parts.map(showColons);
  return { partition, service, region, account, resource: showColons(parts.slice(5).join(':')) };
}

function hideColons(variable: string): string {
  return variable.replaceAll(':', '\u0000');
}

function showColons(part: string): string {
  return part.includes('\u0000') ? part.replaceAll('\u0000', ':') : part;
}

/** Replaces variables, each by `*`: what they may stand for. Characters in braces, `${*}`, are themselves. */
export function withoutVariables(text: string): string {
  if (!text.includes('${')) return text;
  return text.replaceAll(/\$\{([*?$])\}/g, '$1').replaceAll(/\$\{[^}]*\}/g, '*');
}
