/**
 * Keeps one PostgreSQL for all test processes and ends when nobody has used it for a while. Started by
 * `tests/database.ts`; the address (`@name` for an abstract socket) is its only argument.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '#base/base.ts'
import { connect, startPostgres } from '#engine/engine.ts'

const address = (process.argv[2] ?? '').replace('@', '\0')
const idleMs = 20_000

const clients = new Set<Socket>()
const waiting: Socket[] = []
let answer: string | null = null
let idleSince = performance.now()

const server = createServer((socket) => {
  clients.add(socket)
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clients.delete(socket)
    idleSince = performance.now()
  })
  if (answer === null) waiting.push(socket)
  else socket.write(answer)
})
// Another keeper was quicker: it serves.
server.once('error', () => process.exit(0))
await new Promise<void>((resolve) => server.listen(address, resolve))

// What a killed keeper left: its server went with it (or is idle), its process number is in the folder's name.
for (const name of await readdir(tmpdir())) {
  const pid = /^overt-test-pg-(\d+)-/.exec(name)?.[1]
  if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
    await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

const home = await mkdtemp(join(tmpdir(), `overt-test-pg-${process.pid}-`))
const postgres = await startPostgres({
  home,
  log: silentLog,
  // The data ends with the run. What is tested is kill -9 of processes, which fsync has no part in.
  settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' },
})
const admin = connect(postgres.adminUrl, { max: 1, log: silentLog })
await admin`alter role overt_owner createdb`
await admin.end()
answer = `${JSON.stringify({ adminUrl: postgres.adminUrl, ownerUrl: postgres.ownerUrl, url: postgres.url })}\n`
for (const socket of waiting) socket.write(answer)

const end = async (): Promise<void> => {
  server.close()
  await postgres.close()
  await rm(home, { recursive: true, force: true })
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
setInterval(() => {
  if (clients.size === 0 && performance.now() - idleSince > idleMs) void end()
}, 500)
