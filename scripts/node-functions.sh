# shellcheck shell=bash
# node-functions.sh: a real node of scripts/cluster with helm/bpfchain installed by Helm from the images of dist/images, for scripts that
# source it from the project's directory: check-node, demo-cluster, bench-cluster. Everything is in directories, a network namespace,
# cgroups and a BPF file system of its own, and is removed when the script ends, however it ends. Needs root.
#
# Who sources it has a function fail, which explains and ends, and sets node (names the cluster, its namespace and its cgroup) and
# node_port (the first of its four ports).

namespace=bpfchain-system
examples_namespace=bpfchain-examples
cgroup2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
unset KUBECONFIG HTTP_PROXY HTTPS_PROXY http_proxy https_proxy # the cluster is this one, on this machine
work=

# Where the node does not go, nothing below it is touched: the error says what to do.
remove_node() {
  local status=$?
  trap - EXIT INT TERM
  scripts/cluster down 2>"$work/down.log" || { cat "$work/down.log" >&2; exit 1; }
  ! mountpoint -q "$work/bpffs" || umount "$work/bpffs"
  rm -rf "$work"
  exit "$status"
}

# Starts the node and loads the images. Nothing of it reaches the standard output.
start_node() {
  local image
  [ "$(id -u)" = 0 ] || fail "a node needs root"
  [ -n "$cgroup2" ] || fail "no cgroup2 is mounted; run: mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified"
  for image in bpfchain-operator bpfchain-agent; do [ -s "dist/images/$image.tar" ] || fail "dist/images/$image.tar is not there; run: make images"; done
  work=$(mktemp -d "/tmp/bpfchain-node-XXXXXX")
  trap remove_node EXIT
  trap 'exit 130' INT TERM
  export BPFCHAIN_CLUSTER_DIR=$work/$node BPFCHAIN_CLUSTER_PORT=$node_port
  export HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm
  tools=$(scripts/cluster-tools --where)
  scripts/cluster-tools helm4 2>"$work/cluster.log" && scripts/cluster up 2>>"$work/cluster.log" || { cat "$work/cluster.log" >&2; fail "the node did not start"; }
  for image in bpfchain-operator bpfchain-agent; do scripts/cluster load "dist/images/$image.tar" >/dev/null; done
  KUBECONFIG=$(scripts/cluster kubeconfig)
  export KUBECONFIG
  mkdir "$work/bpffs"
  mount -t bpf bpf "$work/bpffs"
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$work/machine-id"
}

kubectl() { "$tools/kubectl" "$@"; }
helm() { "$tools/helm4" "$@" --namespace "$namespace"; }

# Installs the chart with what is special about this node; waits until operator and agent are Ready.
install_chart() {
  helm install bpfchain helm/bpfchain --create-namespace --wait --timeout 120s \
    --set "agent.cgroupRoot=$cgroup2,agent.bpffs=$work/bpffs,agent.stateDirectory=$work/state" \
    --set "agent.machineIdFile=$work/machine-id,agent.kubeletCgroupRoot=/$node" "$@"
}

# What a person would look at first.
explain_node() {
  {
    kubectl -n "$namespace" get pods -o wide || true
    kubectl get cgroupprogramchains || true
    kubectl get cgroupprogramchains -o 'jsonpath={range .items[*]}{.metadata.name}{": "}{.status.conditions}{"\n"}{end}' || true
    kubectl -n "$namespace" logs daemonset/bpfchain-agent --tail 20 | cut -c 1-600 || true
    kubectl get events -A --field-selector type=Warning -o custom-columns=MESSAGE:.message | sort -u | cut -c 1-300 || true
  } >&2 2>/dev/null
}

# Waits until a command succeeds.
await() { # WHAT COMMAND...
  local what=$1 end=$((SECONDS + 90))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "waited for: $what"
    sleep 0.2
  done
}

# The ids of the programs that send on a cgroup below the node's, in their order, as a JSON list.
attached() { # CGROUP
  bpftool -j cgroup show "$cgroup2/$node/$1" 2>/dev/null | jq -c '[.[] | select(.attach_type == "cgroup_inet_egress" or .attach_type == "egress") | .id]'
}

chain_is_ready() { # NAME
  [ "$(kubectl get cgroupprogramchains "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status} {.status.nodes}')" = "True 1/1" ]
}

# The process of the agent (bpfchain) or the operator (bpfchain-operator), found by its command line below the pods' cgroup.
pid_of() { # NAME
  local pid
  for pid in $(find /sys/fs/cgroup -path "*/$node/kubepods/*" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u); do
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q "/$1\.jar" && echo "$pid" && return
  done
  return 1
}

# --- Traffic between two pods, and which programs each packet of it met ----------------------------------------------

traffic_namespace=bpfchain-traffic
traffic_port=40300
traces=4194304 # numbers that the tracer has room for, and packets that the sender sends: seven minutes at 10,000 a second
sources=node-agent/kernel/src/test/resources/io/bpfchain/kernel/testing/traffic

# The sender and receiver, as an image, and two versions of the tracer: its programs append their digit to what a packet met already.
prepare_traffic() {
  local version
  gcc -O2 -pthread -static -o "$work/traffic" "$sources/traffic.c"
  scripts/cluster load-program traffic "$work/traffic" >/dev/null
  for version in 1 2; do compile_tracer "$work/tracer-$version.o" "-DTRACES=$traces" "-DGENERATION=$version"; done
  [ -e node-agent/kernel/target/test-classes/io/bpfchain/kernel/testing/traffic/Count.class ] || scripts/mvn -q -o test-compile -pl node-agent/kernel -am
  kubectl create namespace "$traffic_namespace" >/dev/null
  await "the namespace's service account" kubectl -n "$traffic_namespace" get serviceaccount default
}

compile_tracer() { # OBJECT OPTION...
  clang -target bpf -O2 -g -Wall "-I/usr/include/$(gcc -print-multiarch)" "${@:2}" -c "$sources/tracer.bpf.c" -o "$1"
}

# Starts a pod that runs the program traffic; waits until it runs.
start_pod() { # NAME ARGUMENT...
  local name=$1
  shift
  kubectl -n "$traffic_namespace" apply -f - >/dev/null <<Y
apiVersion: v1
kind: Pod
metadata: {name: $name, labels: {app: $name}}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 0
  containers:
  - {name: traffic, image: "bpfchain.local/traffic:1", imagePullPolicy: Never, args: $(printf '%s\n' "$@" | jq -R . | jq -sc .)}
Y
  kubectl -n "$traffic_namespace" wait --for=condition=Ready --timeout=60s "pod/$name" >/dev/null
}

# Two pods: one sends numbered packets to the other.
start_traffic() { # PORT COUNT RATE
  start_pod receiver receive "$1"
  start_pod sender send "$(kubectl -n "$traffic_namespace" get pod receiver -o 'jsonpath={.status.podIP}')" "$@"
}

# The number behind a word in the last line of a pod.
said() { # POD WORD
  kubectl -n "$traffic_namespace" logs "$1" --tail 1 | awk -v word="$2" '{ for (i = 1; i < NF; i++) if ($i == word) print $(i + 1) }'
}

# Compares the packets FIRST to LAST, exclusive, with the traces that are right. The first line: packets, and of them wrong, missed, doubled,
# out of order; then the wrong traces.
count_packets() { # FIRST LAST RIGHT...
  local pin
  pin=$(find "$work/bpffs/bpfchain/by-chain" -name trace -print -quit)
  "$(scripts/java-home)/bin/java" -XX:TieredStopAtLevel=1 "-Dbpfchain.bpf.dir=$work/counting" -cp node-agent/kernel/target/test-classes \
    io.bpfchain.kernel.testing.traffic.Count "$pin" "$1" "$(($2 - $1))" "${@:3}"
}
