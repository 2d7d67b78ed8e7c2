#!/bin/sh
# Runs one job and records how it ended, with no server needed from start to end.
#
#   sh supervise.sh JOB_DIR UMASK STDIN_MODE MEMORY_KB NAMESPACE MARK COMMAND [ARGUMENT...]
#
# Descriptors 1 and 2 are the job's output files. STDIN_MODE: `-` = descriptor 0 as it is, `fifo` =
# a pipe in JOB_DIR that stays open until somebody opens JOB_DIR/stdin.close for writing.
# MEMORY_KB: limit on address space, `-` = none. NAMESPACE: inode of the PID namespace, ours and our
# starter's, or empty. MARK: a limit on resident memory by which processes of the job are known, `-` = none.
# Leaves in JOB_DIR: supervisor.json (identity, and the lock that makes the run happen at most once) and exit (`CODE;`, 128 + n after signal n).
#
# POSIX sh, no process besides the job on the common path. All names begin with mcp_: assigning a
# name that came in through the environment would change the job's environment.

# What this shell has to say ("Killed") is not the job's: keep the job's stderr as 4.
exec 4>&2 2>/dev/null
# Caught, not ignored: this shell must live to record the end, and the job, unlike with `trap ''`,
# starts with default actions. Set before the identity can be read by anybody who sends signals.
trap : HUP INT QUIT TERM
# No file name expansion below, and `>` creates or fails.
set -f -C

mcp_dir=$1 mcp_umask=$2 mcp_stdin=$3 mcp_memory=$4 mcp_namespace=$5 mcp_mark=$6
shift 6
# All that descends from here has it, wherever it goes and whatever it does to its environment. Linux
# keeps this limit and limits nothing by it. A job that starts another one marks its own only.
[ "$mcp_mark" = - ] || ulimit -S -m "$mcp_mark"
# For the files made here; the job gets its own below.
umask 077

# Start time, boot id and namespace make the pid unmistakable. The start time is the 22nd field of stat, the
# 20th after the command name, which may itself contain blanks and brackets.
mcp_start= mcp_boot=
if read -r mcp_stat < "/proc/$$/stat"; then
  mcp_count=0
  for mcp_field in ${mcp_stat##*\) }; do
    mcp_count=$((mcp_count + 1))
    [ "$mcp_count" = 20 ] && mcp_start=$mcp_field && break
  done
  read -r mcp_boot < /proc/sys/kernel/random/boot_id
else
  # macOS. Language and time zone are fixed, so that the server reads the same text.
  mcp_start=$(LC_ALL=C TZ=UTC0 command -p ps -o lstart= -p "$$")
  mcp_boot=$(command -p sysctl -n kern.bootsessionuuid)
fi

# The lock: exclusive creation, so of two supervisors of one job the second ends here, having
# touched nothing. The blanks reserve the block that the exit code will need on a full disk; if
# even they cannot be written, nothing has run yet and the lock is given back.
{
  printf '{"pid":%s,"start":"%s","boot":"%s","namespace":"%s"}\n' \
    "$$" "$mcp_start" "$mcp_boot" "$mcp_namespace" &&
    printf '      \n' > "$mcp_dir/exit" ||
    { command -p rm -f "$mcp_dir/supervisor.json"; exit 1; }
} > "$mcp_dir/supervisor.json" || exit 0

# The holder keeps a write end of the job's standard input open until stdin.close is opened, which
# is what its `read` waits for, then marks it as closed. It has no hold on the job's output, and
# ignores the signals a stop sends to the group: a job may still want to read while it cleans up.
# Opening `stdin` for writing waits for the job to open it for reading, and the other way round.
if [ "$mcp_stdin" = fifo ]; then
  command -p mkfifo "$mcp_dir/stdin.close" "$mcp_dir/stdin"
  {
    trap '' HUP INT QUIT TERM
    { read -r mcp_line < "$mcp_dir/stdin.close"; } 3> "$mcp_dir/stdin"
    printf '' > "$mcp_dir/stdin.closed"
  } < /dev/null > /dev/null 4>&- &
fi

# In the foreground: a job started with `&` would ignore interrupts for good. `exec`: no shell stays
# between. The job's stderr comes back last, so that it gets no message but a failed exec's (126 or
# 127), which nothing else would explain.
(
  umask "$mcp_umask"
  [ "$mcp_memory" = - ] || ulimit -v "$mcp_memory"
  [ "$mcp_stdin" = - ] || exec < "$mcp_dir/stdin"
  exec "$@" 2>&4 4>&-
)
mcp_code=$?

# Release the holder wherever it waits: opening both ways never blocks, and the line stays in the
# pipe until it is read. By pid it could hit a stranger, for the holder may have ended long ago.
if [ "$mcp_stdin" = fifo ]; then
  { printf '\n' >&6; wait; } 5<> "$mcp_dir/stdin" 6<> "$mcp_dir/stdin.close"
fi

# In place into the reserved block: no rename that could fail or be killed half way. The reader
# accepts digits only up to the semicolon, so a torn write is no code.
printf '%s;' "$mcp_code" 1<> "$mcp_dir/exit"
