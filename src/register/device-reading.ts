/** All SQL about what a camera says that it does. A camera that falls silent doesn't take back what it said. */
import type { Query, Tx } from '#engine/engine.ts'

/** An analytic module or rule that is set up on a camera, as the camera calls it. */
export type DeviceFunction = {
  readonly kind: 'module' | 'rule'
  readonly type: string
  readonly name: string
}

export type DeviceReading = {
  readonly triedMs: number
  /** Of the last try: `ok`, or why the camera didn't say. */
  readonly code: string
  readonly words: string
  /** When it last said; null: never since its address was set. */
  readonly readMs: number | null
  readonly functions: readonly DeviceFunction[]
}

export type DeviceReadingRow = {
  device_tried_at: number | null
  device_code: string | null
  device_words: string | null
  device_read_at: number | null
  device_functions: readonly DeviceFunction[] | null
}

export const toDeviceReading = (row: DeviceReadingRow): DeviceReading | null =>
  row.device_tried_at === null
    ? null
    : {
        triedMs: row.device_tried_at,
        code: row.device_code ?? '',
        words: row.device_words ?? '',
        readMs: row.device_read_at,
        functions: row.device_functions ?? [],
      }

/** False: the address has changed since it was asked, so what came back is of another camera. */
export async function keepDeviceReading(
  tx: Tx,
  cameraId: string,
  said: {
    readonly code: string
    readonly words: string
    readonly functions: readonly DeviceFunction[]
    readonly atMs: number
    readonly aimVersion: number
  },
): Promise<boolean> {
  const readMs = said.code === 'ok' ? said.atMs : null
  const rows = await tx`
    insert into register.device_reading as r (camera_id, tried_at, code, words, read_at, functions)
    select c.id, ${said.atMs}, ${said.code}, ${said.words}, ${readMs}::timestamptz, ${tx.json(said.functions as never)}
    from register.camera c where c.id = ${cameraId} and c.aim_version = ${said.aimVersion}
    on conflict (camera_id) do update
    set tried_at = excluded.tried_at, code = excluded.code, words = excluded.words,
        read_at = coalesce(excluded.read_at, r.read_at),
        functions = case when excluded.read_at is null then r.functions else excluded.functions end`
  return rows.count === 1
}

/** Port of a camera's own services; null: the usual one. */
export async function devicePortOf(sql: Query, cameraId: string): Promise<number | null> {
  const [row] = await sql<{ device_port: number | null }[]>`
    select device_port from register.camera where id = ${cameraId}`
  return row?.device_port ?? null
}
