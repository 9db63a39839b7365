#!/bin/sh
# Start the hub in a container: folders, accounts, people, then the hub itself.
set -eu
hub=/srv/neural-network-labs/hub
python=/opt/neural-network-labs/env/bin/python

# Accounts live in the volume, so that a new container has those of the last.
mkdir -p "$hub/accounts"
chmod 700 "$hub" "$hub/accounts"
for file in passwd group shadow gshadow; do
    if [ -e "$hub/accounts/$file" ]; then cp -p "$hub/accounts/$file" "/etc/$file"; fi
done
keep() {
    for file in passwd group shadow gshadow; do cp -p "/etc/$file" "$hub/accounts/$file"; done
}

"$python" deploy/jupyterhub/install.py --keep-programs
if [ -e /people/class.csv ]; then
    "$python" /etc/neural-network-labs/people.py /people/class.csv
fi
keep

cd "$hub"
"$python" -m jupyterhub -f /etc/neural-network-labs/jupyterhub_config.py &
process=$!
stop() {
    kill -TERM "$process"
    wait "$process" || true
    keep
    exit 0
}
trap stop TERM INT
# A password that somebody changes is kept within a minute.
while kill -0 "$process" 2>/dev/null; do
    keep
    sleep 60 &
    wait $!
done
exit 1
