/**
 * base: what every room may lean on and nothing more — the clock, identifiers, the kinds of trouble, canonical JSON,
 * durable files, configuration and the log. It knows no camera, no person and no database.
 */
export * from './canonical.ts'
export * from './clock.ts'
export * from './config.ts'
export * from './durable.ts'
export * from './failures.ts'
export * from './home.ts'
export * from './ids.ts'
export * from './log.ts'
export * from './marked-clock.ts'
export * from './run-child.ts'
export * from './secret-box.ts'
