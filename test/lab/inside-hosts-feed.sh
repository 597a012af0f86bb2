#!/bin/bash
# In the lab: two hosts find out together how many accelerators one export feeds.
#   inside-hosts-feed.sh FEEDRATE    everything goes to the working directory
set -euo pipefail
main=$1
. "$(dirname "$0")/two-hosts.sh"
mkdir -p "$data/train"

# The link carries about 36 samples a second to each host, which is 2.5 times what an accelerator takes.
as_ranks feed "$main" feed -t "$data/train" --record 64KiB --batch 4 --compute 280ms --data-format jpeg --workers 1 \
  --budget 8m --format json
