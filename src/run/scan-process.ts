/**
 * The process of a scan. A look at a file may wait for a silent server forever, so the coordinating process, which owns the
 * terminal, does not do it itself. The memory of the scan ends with it, too.
 */
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { INTERRUPTIONS } from '../base/interruptions.js';
import { sendImage } from './image-transfer.js';
import type { FromScan, ToScan } from './scan-messages.js';
import { scan } from './scan-work.js';

/** Resolves when the message was sent: parts of a long list would otherwise wait in memory. */
function tell(message: FromScan): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, {}, () => resolve());
    else resolve();
  });
}

const end = () => process.kill(process.pid, 'SIGKILL');

async function serve(request: ToScan): Promise<void> {
  try {
    const image = await scan(request, (found) => void tell(found));
    await tell({ type: 'image', bytes: image.length });
    await sendImage(image, 0, tell);
  } catch (thrown) {
    const code = thrown instanceof FeedrateError ? thrown.code : null;
    await tell({
      type: 'refused',
      code,
      message: code === null ? String((thrown as Error).stack) : systemFaultOf(thrown).message,
    });
  } finally {
    process.off('disconnect', end);
    if (process.connected) process.disconnect();
  }
}

// Ctrl-C goes to the whole process group. Only the parent decides how to handle it.
for (const signal of INTERRUPTIONS) process.on(signal, () => {});
process.once('disconnect', end);
process.once('message', (request: ToScan) => void serve(request));
