/**
 * engine: PostgreSQL under everything — the embedded server, connections, migrations, the outbox, timed work and mail.
 * Promises: what was committed survives the death of any process here; a migration runs once, whole or not at all; an
 * outbox message is delivered at least once and in order; work that falls due is done, late rather than never.
 * It knows no camera and no person, and it never decides anything.
 */
export { connect, inTransaction, type Query, type Sql, type Tx } from './connect.ts'
export { type JobData, type Jobs, startJobs } from './jobs.ts'
export { type Mail, type Message, openMail } from './mail.ts'
export { migrate } from './migrate.ts'
export {
  type Listener,
  type Listeners,
  type Outbox,
  outboxTroubles,
  type Payload,
  publish,
  startOutbox,
} from './outbox.ts'
export { type RunningPostgres, startPostgres } from './postgres.ts'
export { checkOwner, checkRunningRole } from './roles.ts'
