/** The program around a user's command in a container: a script for the static busybox that `init` leaves there. */

/** Folder of a container on the shared volume; `init` writes the first ones, the wrapper the others. */
export const CONTAINER_FILES = {
  /** NUL-separated: the whole command; or, where the image's own is meant, only its arguments. */
  command: 'command',
  args: 'args',
  /** NUL-separated NAME=VALUE, over those of the image. */
  env: 'env',
  workingDir: 'workdir',
  /** NUL-separated pairs: a file on the shared volume, and the path at which the container wants it. */
  links: 'links',
  copies: 'copies',
  /** Names to wait for, a line each; of `before` the container fails along, of `init` it does not even start. */
  initBefore: 'init-before',
  before: 'before',
  /** Names of the other main containers, a line each: a moment after one of them has failed this one is ended. */
  fellows: 'fellows',
  /** Present when it was ended for that reason. */
  ended: 'ended',
  /** NUL-separated triples of kind, index and path. */
  outputs: 'outputs',
  /** Present when stdout, or all output, is to be kept. */
  capture: 'capture',
  logs: 'logs',
  /** Epoch seconds; seconds; seconds; number; seconds. */
  deadline: 'deadline',
  active: 'active',
  grace: 'grace',
  tries: 'tries',
  pause: 'pause',
  /** NUL-separated command that says whether a daemon is ready. */
  probe: 'probe',
  exitCode: 'exitcode',
  message: 'message',
  skipped: 'skipped',
  stdout: 'stdout',
  combined: 'combined',
  /** Which deadline ended the container: `deadline` or `active`. */
  overdue: 'overdue',
  ready: 'ready',
} as const;

/** On the shared volume: why `init` failed, and that it is done. */
export const INIT_FAILED = 'failed';
export const OUTPUTS_FOLDER = 'outputs';
/** On the shared volume of a pod: wrappers end with 0, whatever the program did. */
export const CALM = 'calm';
/** In a container's folder: locked as long as the container lives. */
export const ALIVE = 'alive';

/**
 * Debian's busybox prefers its own applets to programs, and a shell loses variables with odd names: so programs are
 * looked up by hand, and the environment is rebuilt from what the kernel knows. `wait` returns when a trap has run,
 * hence the loop around it. Nothing of the user's is ever evaluated.
 */
export const WRAPPER_SCRIPT = `S=/argosy; BB=$S/busybox; N=$1; C=$S/ctr/$N; shift
umask 0; child=; watch=; exec 3<&0
B() { "$BB" "$@"; }
finish() { # exit code, message
  [ -n "$2" ] && printf %s "$2" > "$C/message"
  echo "$1" > "$C/exitcode.new"; B mv "$C/exitcode.new" "$C/exitcode"; [ -e "$S/calm" ] && exit 0; exit "$1"
}
[ -e "$S/calm" ] && { exec 9> "$C/alive"; B flock 9 2> /dev/null; }
[ -e "$S/failed" ] && exit 0
stopped=; early() { stopped=143; }
trap early TERM INT

# wait for those that come first
await() { while [ ! -e "$S/ctr/$1/exitcode" ] && [ ! -e "$S/ctr/$1/skipped" ]; do
    [ -n "$stopped" ] && finish 143; B usleep 30000; done; }
code_of() { [ -e "$S/ctr/$1/skipped" ] && return 1; read -r code < "$S/ctr/$1/exitcode" && [ "$code" = 0 ]; }
if [ -e "$C/init-before" ]; then while IFS= read -r b <&4; do
  await "$b"; code_of "$b" || { : > "$C/skipped"; exit 0; }; done 4< "$C/init-before"; fi
if [ -e "$C/before" ]; then while IFS= read -r b <&4; do
  await "$b"; code_of "$b" || finish 64; done 4< "$C/before"; fi

# put inputs where they are wanted
place() { # way, from, to
  [ -e "$2" ] || B mkdir -p "$2" # a part of a volume
  B mkdir -p "\${3%/*}/" && { [ -L "$3" ] || [ ! -d "$3" ] || B rmdir "$3"; } &&
  if [ "$1" = link ]; then B ln -sfn "$2" "$3"; else B cp -a "$2" "$3"; fi || finish 64 "cannot place $3"; }
for way in link copy; do
  f=$C/links; [ $way = copy ] && f=$C/copies; [ -e "$f" ] || continue
  while IFS= read -r -d '' from <&4 && IFS= read -r -d '' to <&4; do place $way "$from" "$to" 2>> "$C/trouble"; done 4< "$f"
done

# the command: given, or the image's own (count, entrypoint, default arguments)
if [ -e "$C/command" ]; then set --; more=$C/command
else
  n=\${1:-0}; [ $# -gt 0 ] && shift; more=$C/args
  if [ -e "$C/args" ]; then while [ $# -gt "$n" ]; do i=0; m=$#; while [ $i -lt $((m-1)) ]; do
    set -- "$@" "$1"; shift; i=$((i+1)); done; shift; done; fi
fi
if [ -e "$more" ]; then while IFS= read -r -d '' w <&4; do set -- "$@" "$w"; done 4< "$more"; fi
[ $# -gt 0 ] || finish 64 "no command specified"
if [ -e "$C/workdir" ]; then IFS= read -r -d '' d < "$C/workdir"; B mkdir -p "$d" 2>/dev/null; cd "$d" ||
  finish 64 "cannot enter the working directory $d"; fi

# look the program up in the container's own PATH
P=\${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
if [ -e "$C/env" ]; then while IFS= read -r -d '' kv <&4; do
  case $kv in PATH=*) P=\${kv#PATH=};; esac; done 4< "$C/env"; fi
R=; case $1 in
  */*) R=$1
    [ -e "$R" ] || finish 64 "failed to find name in PATH: exec: \\"$1\\": stat $1: no such file or directory"
    [ -x "$R" ] && [ ! -d "$R" ] || finish 64 "failed to find name in PATH: exec: \\"$1\\": permission denied";;
  *) I=$IFS; IFS=:; for p in $P; do
      [ -f "\${p:-.}/$1" ] && [ -x "\${p:-.}/$1" ] && { R=\${p:-.}/$1; break; }; done; IFS=$I
    [ -n "$R" ] || finish 64 "failed to find name in PATH: exec: \\"$1\\": executable file not found in \\$PATH";;
esac
shift; n=$#; set -- "$R" "$@"; n=$((n+1))
while IFS= read -r -d '' kv <&4; do set -- "$@" "$kv"; done 4< /proc/$$/environ
if [ -e "$C/env" ]; then while IFS= read -r -d '' kv <&4; do set -- "$@" "$kv"; done 4< "$C/env"; fi
while [ $n -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n-1)); done

group() { kill "-$1" -- "-$child" 2>/dev/null || kill "-$1" "$child" 2>/dev/null; }
pass() { stopped=143; [ -n "$child" ] && group TERM; }
trap pass TERM INT

limit() { # seconds, which
  (trap - TERM INT; B sleep "$1"; echo "$2" > "$C/overdue"; end) 3<&- & watch="$watch $!"; }
end() { group TERM; [ -e "$C/grace" ] && read -r g < "$C/grace"; B sleep "\${g:-30}"; group KILL; }
fellow_failed() { while IFS= read -r f <&4; do
    [ -e "$S/ctr/$f/exitcode" ] && read -r c < "$S/ctr/$f/exitcode" && [ "$c" != 0 ] && return 0
  done 4< "$C/fellows"; return 1; }
started=$(B date +%s)
limits() {
  if [ -e "$C/active" ]; then read -r s < "$C/active"; s=$((started + s - $(B date +%s))); [ $s -lt 0 ] && s=0
    limit $s active; fi
  if [ -e "$C/deadline" ]; then read -r s < "$C/deadline"; s=$((s - $(B date +%s))); [ $s -lt 0 ] && s=0
    limit $s deadline; fi
  if [ -e "$C/fellows" ]; then
    (trap - TERM INT; until fellow_failed; do B sleep 1; done; : > "$C/ended"; end) 3<&- & watch="$watch $!"; fi; }

probing() { # until the probe succeeds; the environment stands before the command
  set --; while IFS= read -r -d '' kv <&4; do set -- "$@" "$kv"; done 4< /proc/$$/environ
  if [ -e "$C/env" ]; then while IFS= read -r -d '' kv <&4; do set -- "$@" "$kv"; done 4< "$C/env"; fi
  while IFS= read -r -d '' w <&4; do set -- "$@" "$w"; done 4< "$C/probe"
  until B env -i "$@" < /dev/null > /dev/null 2>&1; do B usleep 100000; done; : > "$C/ready"; }

run() {
  tees=
  if [ -e "$C/capture" ] || [ -e "$C/logs" ]; then
    B rm -f "$C/o" "$C/e"; B mkfifo "$C/o" "$C/e"
    set -- "$C/o" "$C/e" "$@"
    kept=; [ -e "$C/capture" ] && kept=$C/stdout
    both=/dev/null; [ -e "$C/logs" ] && both=$C/combined
    "$BB" tee -a "\${kept:-/dev/null}" "$both" < "$C/o" & tees="$tees $!"
    "$BB" tee -a "$both" < "$C/e" >&2 & tees="$tees $!"
  else set -- - - "$@"; fi
  o=$1; e=$2; shift 2
  if [ -n "$tees" ]; then "$BB" setsid "$BB" env -i "$@" <&3 > "$o" 2> "$e" 3<&- &
  else "$BB" setsid "$BB" env -i "$@" <&3 3<&- & fi
  child=$!; limits; [ -n "$stopped" ] && group TERM
  while :; do wait $child; rc=$?; [ $rc -gt 128 ] && kill -0 $child 2>/dev/null || break; done
  for w in $watch; do kill $w 2>/dev/null; done; watch=
  n=0; for t in $tees; do while kill -0 $t 2>/dev/null && [ $n -lt 100 ]; do B usleep 20000; n=$((n+1)); done
    kill $t 2>/dev/null; done; child=
}
[ -e "$C/probe" ] && { (trap - TERM INT; probing) 3<&- & prober=$!; }
tries=1; [ -e "$C/tries" ] && read -r tries < "$C/tries"
while :; do run "$@"; tries=$((tries-1))
  [ $rc -ne 0 ] && [ $tries -gt 0 ] && [ -z "$stopped" ] && [ ! -e "$C/overdue" ] && [ ! -e "$C/ended" ] || break
  [ -e "$C/pause" ] && { read -r s < "$C/pause"; B sleep "$s"; }; done
[ -n "$prober" ] && kill $prober 2>/dev/null

# what it leaves behind; the exit code comes last
if [ -e "$C/outputs" ]; then while IFS= read -r -d '' k <&4 && IFS= read -r -d '' i <&4 && IFS= read -r -d '' p <&4; do
  r=$(B readlink -f "$p"; echo .); r=\${r%??}; [ -n "$r" ] && [ -e "$r" ] || continue
  o=$S/outputs/$k-$i
  if [ $k = p ]; then
    if [ -d "$r" ]; then B mkdir "$o"; else B head -c 16777217 "$r" > "$o.new" && B mv "$o.new" "$o"; fi
  else b=\${r##*/}; B tar -cf "$o.new" -C "\${r%/*}/" "./\${b:-.}" && B mv "$o.new" "$o"; fi 2>> "$C/trouble"
done 4< "$C/outputs"; fi
finish $rc
`;
