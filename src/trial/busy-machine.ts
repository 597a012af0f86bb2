import { isBusy, type MachineUse } from '../record/machine-use.js';
import { type Warning, warning } from '../record/warning.js';

const STEAL_REMEDY =
  'use a machine whose CPUs are its own (no burstable or overcommitted instance), or measure at another time';

/**
 * Returns the warning of a trial during which other programs or other virtual machines took much of the CPUs. feedrate's
 * own load never raises it.
 */
export function busyMachine({ machine }: { readonly machine?: MachineUse | undefined }): Warning | null {
  if (machine === undefined || !isBusy(machine)) return null;
  const { cpus, spanNs, othersCpuNs, stealNs, loadAverage } = machine;
  const used = (ns: number | null) => `${((ns ?? 0) / spanNs).toFixed(1)} of ${cpus === 1 ? '1 CPU' : `${cpus} CPUs`}`;
  const stolen = `the hypervisor gave ${used(stealNs)} to other machines (steal)`;
  const load = loadAverage === null ? '' : ` (load average ${loadAverage.toFixed(1)})`;
  return (stealNs ?? 0) > (othersCpuNs ?? 0)
    ? warning('busy-machine', `${stolen}${load}`, STEAL_REMEDY)
    : warning('busy-machine', `other programs used ${used(othersCpuNs)}${load}`);
}
