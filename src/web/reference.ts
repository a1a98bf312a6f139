import { randomInt } from 'node:crypto'

/** Eight characters that can be read out over the telephone. */
export function newReference(): string {
  const letters = '23456789ABCDEFGHJKLMNPQRSTVWXYZ'
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
}
