#!/bin/bash
# In the lab: two hosts find out together how many accelerators one export feeds.
#   inside-hosts-feed.sh FEEDRATE    everything goes to the working directory
set -euo pipefail
main=$1
. "$(dirname "$0")/two-hosts.sh"

# Files of the user's: to generate some and to measure how fast that is takes minutes on the lab's processor.
mkdir -p "$data/train"
head -c $((240 * 65536)) /dev/zero | split --bytes=65536 --additional-suffix=.jpg - "$data/train/"
sync -f "$data"

# Each link carries about 36 samples a second, which is 2.5 times what an accelerator takes.
links 20mbit
as_ranks feed "$data/group" "$main" feed --data "$data/train" --record 64KiB --batch 4 --compute 280ms --data-format jpeg --workers 1 \
  --budget 5m --group-timeout 3m --format json
