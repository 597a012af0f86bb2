/** Writes a small script that fetches a start script, for one that is too long for SageMaker. */
import { MOUNT_LOG, STATUS_DIRECTORY } from '../base/mount-status.js';
import { literal } from './shell-literal.js';

/** The part of SageMaker's limit on a notebook's script that counts: characters of its base64 text (API, `Content`). */
export const CONTENT_LIMIT = 16_384;

/**
 * Returns a bash script that copies the start script from `place` (an s3:// address or a file), checks its SHA-256 and
 * runs it, in the background.
 */
export function stubScript(place: string, sha256: string, version: string): string {
  const fetch = place.startsWith('s3://') ? `aws s3 cp --only-show-errors "$1"` : 'cp -- "$1"';
  return `\
#!/bin/bash
# Fetches a start script and runs it, in the background and always with 0. Written by feedrate ${version}.
run() { # PLACE SHA256
  local script=${STATUS_DIRECTORY}/script try
  for try in 1 2 3 4 5; do
    # It is copied before it is checked, so that nobody can change it in between.
    if timeout 60 ${fetch} "$script.new" && sha256sum -c --status <<<"$2  $script.new" && mv -f "$script.new" "$script"; then
      bash "$script"
      return
    fi
    echo "feedrate: attempt $try of 5: $1 cannot be read or does not have the SHA-256 $2" >&2
    sleep $((5 * try))
  done
}
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 022
# shellcheck disable=SC2016 # The words in quotes are literal.
if mkdir -p ${STATUS_DIRECTORY}; then
  setsid bash -c "$(declare -f run)"'; run "$@"' run ${literal(place)} ${sha256} </dev/null >>${MOUNT_LOG} 2>&1 &
fi
exit 0
`;
}
