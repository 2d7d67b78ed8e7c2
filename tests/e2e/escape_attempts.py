"""What a script may try to get out of a sandbox; prints the names of those attempts that succeed."""
import ctypes, glob, json, os, signal, socket, subprocess, sys

G = json.loads(sys.argv[1])  # what there is outside
libc = ctypes.CDLL(None, use_errno=True)
SECRET = 'the secret'


def attempts():
    for name, path in G['secrets'].items():
        yield 'read ' + name, lambda: SECRET in open(path).read()
        yield 'write ' + name, lambda: open(path, 'a').close() or True
        yield 'list beside ' + name, lambda: os.path.basename(path) in os.listdir(os.path.dirname(path))
        yield 'through a link to ' + name, lambda: through_link(path)
        yield 'hard link to ' + name, lambda: os.link(path, 'hard-' + os.path.basename(path)) or True
        yield 'through /proc/1/root to ' + name, lambda: SECRET in open('/proc/1/root' + path).read()
    yield 'climb up by ..', lambda: SECRET in open('../' * 40 + G['secrets']['a file of the home']).read()
    yield 'chmod a foreign file', lambda: os.chmod(G['secrets']['a file of the home'], 0o600) or True
    yield 'remove a foreign file', lambda: os.rename(G['victim'], G['victim'] + '.gone') or True
    yield 'signal 0 to an outside process', lambda: os.kill(G['pid'], 0) or True
    yield 'kill an outside process', lambda: os.kill(G['pid'], signal.SIGCONT) or True
    yield 'see an outside process', lambda: 'sleep' in open('/proc/%d/cmdline' % G['pid']).read()
    yield 'its environment', lambda: SECRET in open('/proc/%d/environ' % G['pid']).read()
    yield 'its memory map', lambda: bool(open('/proc/%d/maps' % G['pid']).read())
    yield 'ptrace an outside process', lambda: libc.ptrace(16, G['pid'], 0, 0) == 0
    yield 'list processes', lambda: any(b'sleep' in cmdline(p) for p in glob.glob('/proc/[0-9]*'))
    yield 'TCP to this machine', lambda: socket.create_connection(('127.0.0.1', G['port']), 2)
    yield 'TCP by IPv6-mapped address', lambda: socket.create_connection(('::ffff:127.0.0.1', G['port']), 2)
    yield 'UDP out', lambda: udp(('192.0.2.1', 9))
    yield 'a unix socket', lambda: unix(G['socket'])
    yield 'an abstract socket', lambda: unix('\0' + G['abstract'])
    yield 'an interface of the machine', lambda: set(n for _, n in socket.if_nameindex()) - {'lo'}
    yield 'use the shared memory of others', lambda: SECRET in open(G['shm']).read()
    yield 'write /etc', lambda: touch('/etc/escaped-' + G['id'])
    yield 'write /usr', lambda: touch('/usr/escaped-' + G['id'])
    yield 'write the root', lambda: touch('/escaped-' + G['id'])
    yield 'change its exit record', lambda: touch(G['job'] + '/exit')
    yield 'change its log backwards', lambda: os.truncate(G['job'] + '/stdout.log', 0) or True
    yield 'change the supervisor', lambda: touch(G['runtime'] + '/supervise.sh')
    yield 'change its interpreter', lambda: touch(os.path.realpath(sys.executable))
    yield 'read passwords', lambda: ':' in open('/etc/shadow').read()
    yield 'core_pattern', lambda: open('/proc/sys/kernel/core_pattern', 'r+').close() or True
    yield 'sysctl of the host', lambda: open('/proc/sys/vm/swappiness', 'r+').close() or True
    yield 'a control group', lambda: os.mkdir(glob.glob('/sys/fs/cgroup/*/')[0] + G['id']) or True
    yield 'mount', lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0
    yield 'remount the root writable', lambda: libc.mount(None, b'/', None, 32 | 4096, None) == 0
    yield 'unmount /proc/sys', lambda: libc.umount2(b'/proc/sys', 2) == 0
    yield 'a user namespace', lambda: libc.unshare(0x10000000) == 0
    yield 'a mount namespace', lambda: libc.unshare(0x00020000) == 0
    yield 'a network namespace', lambda: libc.unshare(0x40000000) == 0
    yield 'enter a namespace of outside', lambda: libc.setns(os.open('/proc/%d/ns/mnt' % G['pid'], 0), 0) == 0
    yield 'chroot', lambda: os.chroot('/tmp') or True
    yield 'make a device', lambda: os.mknod('/tmp/dev-' + G['id'], 0o20600, os.makedev(1, 1)) or True
    yield 'a disk or memory device', lambda: open(next(iter(glob.glob('/dev/[sv]d*') + ['/dev/mem', '/dev/kmsg'])), 'rb')
    yield 'become another user', lambda: os.setuid(12345) or True
    yield 'setuid programs', lambda: '(root)' in sh('su -c id') or 'CapEff:\t0000000000000000' not in open('/proc/self/status').read()
    yield 'raise its priority', lambda: os.setpriority(os.PRIO_PROCESS, 0, -5) or True
    yield 'set the clock', lambda: __import__('time').clock_settime(0, __import__('time').time()) or True
    yield 'the host name', lambda: socket.sethostname('escaped') or True
    yield 'a module of the kernel', lambda: libc.syscall(313, -1, b'', 0) == 0


# What touches nothing but files and processes of the test itself: the only ones tried outside as well.
HARMLESS = ('read a file', 'read a log', 'read the token', 'list beside', 'signal 0', 'see an outside', 'its environment',
            'its memory map', 'list processes', 'TCP to this machine', 'a unix socket', 'an abstract socket',
            'use the shared memory', 'an interface')


def is_sandbox():
    """The others would change the machine: never without bubblewrap as the first process."""
    return b'bwrap' in cmdline('/proc/1') and os.getpid() < 100


def through_link(path):
    os.symlink(path, 'link')
    try:
        return SECRET in open('link').read()
    finally:
        os.unlink('link')


def cmdline(folder):
    with open(folder + '/cmdline', 'rb') as file:
        return file.read()


def udp(address):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(address)
    return True


def unix(address):
    socket.socket(socket.AF_UNIX).connect(address)
    return True


def touch(path):
    open(path, 'a').close()
    return True


def sh(command):
    return subprocess.run(command, shell=True, capture_output=True, text=True, input='').stdout


def succeeds(act):
    child = os.fork()  # what it changes is gone with it
    if child == 0:
        try:
            os._exit(0 if act() else 1)
        except BaseException:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


os.chdir(os.environ.get('PYTHON_MCP_WORK', os.getcwd()))
everything = is_sandbox()
tried = [(name, succeeds(act)) for name, act in attempts() if everything or name.startswith(HARMLESS)]
print(json.dumps({'tried': len(tried), 'succeeded': [name for name, done in tried if done]}))
