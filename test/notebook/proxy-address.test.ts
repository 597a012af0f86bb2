/** Where a page is seen through Jupyter. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jupyterProxy } from '../../src/notebook/proxy-address.js';

const test = suite('notebook/proxy-address');

const line = (environment: Record<string, string>, metadata: string | null = null) =>
  jupyterProxy(environment, metadata, 8377, '?key=k')?.line ?? null;

test('outside of Jupyter there is none', () => assert.is(line({}), null));

test('the address is derived where it can be', () => {
  const notebook =
    '{"ResourceArn":"arn:aws:sagemaker:eu-west-1:123456789012:notebook-instance/Mine","ResourceName":"Mine"}';
  assert.is(line({}, notebook), 'In SageMaker: https://Mine.notebook.eu-west-1.sagemaker.aws/proxy/8377/?key=k');
  assert.is(line({ JUPYTER_SERVER_URL: 'http://gpu-1:8888/' }), 'In Jupyter: http://gpu-1:8888/proxy/8377/?key=k');
  assert.is(
    line({ JUPYTERHUB_SERVICE_PREFIX: '/user/ann/' }),
    'On JupyterHub, after its host name: /user/ann/proxy/8377/?key=k',
  );
});

test('elsewhere the line says how to make it', () => {
  const studio =
    '{"AppType":"JupyterLab","DomainId":"d-1","ResourceArn":"arn:aws:sagemaker:us-east-1:1:app/d-1/x/JupyterLab/default"}';
  const made = 'replace /lab and what follows in the address of JupyterLab with: /proxy/8377/?key=k';
  assert.is(line({}, studio), `In SageMaker Studio, ${made}`);
  assert.is(line({ JPY_PARENT_PID: '7' }), `In Jupyter, ${made}`);
  assert.is(line({ JPY_PARENT_PID: '7', JUPYTER_SERVER_URL: 'not a url' }), `In Jupyter, ${made}`);
});

test('only SageMaker’s own hosts, and Jupyter’s, are allowed', () => {
  assert.equal(jupyterProxy({}, '{}', 1, '')?.suffixes, ['.sagemaker.aws', '.sagemaker.com.cn']);
  const { names, suffixes } = jupyterProxy({ JUPYTER_SERVER_URL: 'https://gpu-1:8888/' }, null, 1, '') ?? {};
  assert.equal([names, suffixes], [['gpu-1'], []]);
});

test.run();
