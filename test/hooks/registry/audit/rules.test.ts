import { test } from 'tap';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';

const FIELD = 'spec.auditConfig.logFile';
const logTo = (logFile: string, rest: object = {}) => ({
  ...typed,
  auditConfig: { enabled: true, logFile },
  ...rest,
});
const mounted = (volume: object, mount: object = {}) => ({
  volumes: [{ name: 'v', ...volume }],
  volumeMounts: [{ name: 'v', mountPath: '/audit', ...mount }],
});
const claim = { persistentVolumeClaim: { claimName: 'audit' } };
const pod = (container: object, spec: object = {}) => ({
  podTemplateSpec: { spec: { containers: [{ name: 'registry-api', ...container }], ...spec } },
});
const init = { initContainers: [{ name: 'folders', image: 'i' }] };

const notWritable = (file: string) =>
  `${FIELD}: must be where the server may write, found "${file}": use /data or /tmp, or mount a volume of your own there with spec.volumes and spec.volumeMounts`;
const isFolder = (file: string) =>
  `${FIELD}: must be a file, found "${file}", which is a folder: add the name of the file`;

testRefusals([
  {
    spec: logTo('/var/log/audit.log'),
    expected: notWritable('/var/log/audit.log'),
    reason: 'the root file system is read-only',
  },
  {
    spec: { ...logTo('/var/log/audit.log'), auditConfig: { logFile: '/var/log/audit.log' } },
    expected: notWritable('/var/log/audit.log'),
    reason: 'the server looks for the folder while the audit log is off, too',
  },
  {
    spec: logTo('/config/audit.log'),
    expected: notWritable('/config/audit.log'),
    reason: 'where the configuration is',
  },
  {
    spec: logTo('/database/audit.log'),
    expected: notWritable('/database/audit.log'),
    reason: 'a folder whose name begins as that of another',
  },
  {
    spec: logTo('/audit/a.log', mounted(claim, { readOnly: true })),
    expected: notWritable('/audit/a.log'),
    reason: 'a mount that is read-only',
  },
  ...['configMap', 'secret', 'projected', 'downwardAPI'].map((kind) => ({
    spec: logTo(
      '/audit/a.log',
      mounted({
        [kind]: kind === 'configMap' ? { name: 'c' } : kind === 'secret' ? { secretName: 's' } : {},
      }),
    ),
    expected: notWritable('/audit/a.log'),
    reason: `a volume that nobody can write to, ${kind}`,
  })),
  {
    spec: logTo('/data/a/a.log', mounted({ configMap: { name: 'c' } }, { mountPath: '/data/a/' })),
    expected: notWritable('/data/a/a.log'),
    reason: 'the innermost mount counts',
  },
  {
    spec: logTo('/data'),
    expected: isFolder('/data'),
    reason: 'the scratch space itself',
  },
  {
    spec: logTo('/audit', mounted(claim)),
    expected: isFolder('/audit'),
    reason: 'a mount itself',
  },
  {
    spec: logTo('/data/audit/a.log'),
    expected: `${FIELD}: must be directly in /data, which has no folder "/data/audit" when the server starts, found "/data/audit/a.log": leave the folder out, or make it with an init container`,
    reason: 'a folder of the scratch space, which is empty',
  },
  {
    spec: logTo('/audit/x/a.log', mounted({ emptyDir: {} })),
    expected: `${FIELD}: must be directly in /audit, which has no folder "/audit/x" when the server starts, found "/audit/x/a.log": leave the folder out, or make it with an init container`,
    reason: "a folder of the user's own empty volume",
  },
  ...['audit.log', 'stdout', '/data/', '/', ''].map((file) => ({
    spec: logTo(file),
    expected: `${FIELD}: must be the absolute path of a file, such as /data/audit.log, found "${file}"`,
    reason: `no absolute path of a file, ${JSON.stringify(file)}`,
  })),
  ...['/data/../etc/a.log', '/data/./a.log', '/data/..'].map((file) => ({
    spec: logTo(file),
    expected: `${FIELD}: must be the path of a file: remove each "." and "..", found "${file}"`,
    reason: `a path with dots, ${file}`,
  })),
  ...[-1, 1_048_577, 1.5].map((maxDataSize) => ({
    spec: { ...typed, auditConfig: { maxDataSize } },
    expected: `spec.auditConfig.maxDataSize: must be a whole number from 0 to 1048576, found ${maxDataSize}`,
    reason: `a size that the server refuses, ${maxDataSize}`,
  })),
  {
    spec: { ...typed, auditConfig: { eventTypes: [''] } },
    expected: 'spec.auditConfig.eventTypes[0]: must not be empty: give it a value or leave it out',
    reason: 'a type without a name',
  },
]);

test('files that the server can write are accepted', async (t) => {
  const accepted: { spec: object; reason: string }[] = [
    { spec: logTo('/data/audit.log'), reason: 'the scratch space' },
    { spec: logTo('/tmp//audit.log'), reason: 'a needless slash' },
    { spec: logTo('/audit/a.log', mounted(claim)), reason: 'a claim' },
    { spec: logTo('/audit/x/a.log', mounted(claim)), reason: 'a claim may have the folder' },
    { spec: logTo('/data/x/a.log', mounted(claim, { mountPath: '/data' })), reason: 'a claim at /data' },
    {
      spec: logTo('/audit', mounted(claim, { subPath: 'audit.log' })),
      reason: 'a part of a volume may be a file',
    },
    {
      spec: logTo('/data/x/a.log', pod({}, init)),
      reason: 'an init container may make the folder',
    },
    {
      spec: logTo(
        '/audit/a.log',
        pod({ volumeMounts: [{ name: 'v', mountPath: '/audit/' }] }, { volumes: [{ name: 'v', ...claim }] }),
      ),
      reason: 'a volume of the pod template',
    },
    {
      spec: logTo('/opt/a.log', pod({ securityContext: { readOnlyRootFilesystem: false } })),
      reason: 'a root file system that is not read-only',
    },
  ];
  for (const { spec, reason } of accepted) {
    t.strictSame(readSpec(deepFreeze(spec)).problems, undefined, reason);
  }
});
