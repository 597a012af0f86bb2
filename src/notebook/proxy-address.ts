/** Where a page of this machine is seen through the proxy of Jupyter (jupyter-server-proxy). */

/** The file in which SageMaker describes a notebook or a Studio app. */
export const SAGEMAKER_METADATA = '/opt/ml/metadata/resource-metadata.json';

export interface JupyterProxy {
  /** A line for the user: the address, or how to make it from the browser's. Ends with the address. */
  readonly line: string;
  /** The hosts that browsers name in requests through the proxy: whole names, and ends of names. */
  readonly names: readonly string[];
  readonly suffixes: readonly string[];
}

const SAGEMAKER_HOSTS: readonly string[] = ['.sagemaker.aws', '.sagemaker.com.cn'];

/**
 * Returns how a page is seen through Jupyter; null outside of it.
 * @param environment the process's variables
 * @param metadata the text of `SAGEMAKER_METADATA`; null: there is none
 * @param words what follows the port: `?key=…`
 */
export function jupyterProxy(
  environment: Readonly<Record<string, string | undefined>>,
  metadata: string | null,
  port: number,
  words: string,
): JupyterProxy | null {
  const place = `proxy/${port}/${words}`;
  if (metadata !== null) {
    const notebook = notebookHost(metadata);
    const line =
      notebook === null ? `In SageMaker Studio, ${replaced(place)}` : `In SageMaker: https://${notebook}/${place}`;
    return { line, names: [], suffixes: SAGEMAKER_HOSTS };
  }
  const hub = environment['JUPYTERHUB_SERVICE_PREFIX'];
  const server = urlIn(environment['JUPYTER_SERVER_URL']);
  const names = server === null ? [] : [server.hostname];
  if (hub !== undefined) return { line: `On JupyterHub, after its host name: ${hub}${place}`, names, suffixes: [] };
  if (server !== null) return { line: `In Jupyter: ${new URL(place, withSlash(server)).href}`, names, suffixes: [] };
  if (environment['JPY_PARENT_PID'] === undefined) return null;
  return { line: `In Jupyter, ${replaced(place)}`, names, suffixes: [] };
}

function replaced(place: string): string {
  return `replace /lab and what follows in the address of JupyterLab with: /${place}`;
}

function urlIn(text: string | undefined): URL | null {
  return text !== undefined && URL.canParse(text) ? new URL(text) : null;
}

function withSlash({ href }: URL): string {
  return href.endsWith('/') ? href : `${href}/`;
}

/** Returns the host of a notebook instance; null for Studio, whose hosts cannot be derived. */
function notebookHost(metadata: string): string | null {
  const arn = /arn:aws:sagemaker:([a-z0-9-]+):\d+:notebook-instance\/([A-Za-z0-9-]+)/.exec(metadata);
  return arn === null ? null : `${arn[2]}.notebook.${arn[1]}.sagemaker.aws`;
}
