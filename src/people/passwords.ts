/**
 * Passwords: argon2id with 64 MiB, three passes, four lanes (73 ms measured); at most four at once, because each holds
 * a thread and its memory. Long rather than complicated: twelve characters, no rules of composition (NCSC, NIST
 * SP 800-63B), and not one that everybody tries.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Failure } from '#base/base.ts'
import { guessableWords } from './guessable-words.ts'

export const passwordLengthMin = 12
export const passwordLengthMax = 200

const cost = { memory: 64 * 1024, passes: 3, parallelism: 4 }
const tagLength = 32
const atOnceMax = 4
const waitingMax = 100

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnceMax) {
    if (waiting.length >= waitingMax) throw new Failure('too-many', 'too many passwords wait to be checked')
    await new Promise<void>((go) => waiting.push(go))
  } else running += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    // The place passes straight to the next in line, so `running` stays as it is.
    if (next) next()
    else running -= 1
  }
}

const derive = promisify(argon2) as (
  algorithm: string,
  parameters: {
    message: string
    nonce: Buffer
    parallelism: number
    tagLength: number
    memory: number
    passes: number
  },
) => Promise<Buffer>

/** The same password typed on two keyboards is the same characters (NIST SP 800-63B 5.1.1.2). */
const normal = (password: string) => password.normalize('NFKC')
const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** A PHC string: algorithm, costs, salt and hash in one. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await inTurn(() => derive('argon2id', { message: normal(password), nonce, tagLength, ...cost }))
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(nonce)}$${unpadded(tag)}`
}

const phc =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,})\$([A-Za-z0-9+/]{43})$/

/**
 * Whether the password is right. With no stored hash (nobody of that name, or not yet chosen) the same work is done
 * and the answer is no, so that the time taken tells nothing.
 */
export async function passwordHolds(password: string, stored: string | null): Promise<boolean> {
  const parts = stored === null ? null : phc.exec(stored)
  if (stored !== null && !parts) throw new Failure('data-loss', 'a stored password hash cannot be read')
  const [memory, passes, parallelism] = parts
    ? [Number(parts[1]), Number(parts[2]), Number(parts[3])]
    : [cost.memory, cost.passes, cost.parallelism]
  const nonce = parts ? Buffer.from(parts[4]!, 'base64') : Buffer.alloc(16)
  const expected = parts ? Buffer.from(parts[5]!, 'base64') : Buffer.alloc(tagLength)
  const message = normal(password.slice(0, passwordLengthMax))
  const tag = await inTurn(() =>
    derive('argon2id', {
      message,
      nonce,
      tagLength,
      memory: memory!,
      passes: passes!,
      parallelism: parallelism!,
    }),
  )
  return timingSafeEqual(tag, expected) && parts !== null
}

const lookalikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))]

/** Takes out runs of three or more neighbours ("abc", "987", "rty") and repeats ("aaa"). */
function withoutRuns(text: string): string {
  let kept = ''
  for (let at = 0; at < text.length; ) {
    let length = 1
    while (text[at + length] === text[at]) length += 1
    for (const run of runs) {
      const from = run.indexOf(text[at]!)
      let count = 0
      while (from >= 0 && text[at + count] !== undefined && text[at + count] === run[from + count]) count += 1
      length = Math.max(length, count)
    }
    if (length < 3) kept += text.slice(at, at + 1)
    at += length < 3 ? 1 : length
  }
  return kept
}

/** What is left of a password when words and runs that everybody tries are taken out. */
function rest(text: string, words: readonly string[]): string {
  let left = text
  for (const word of words) left = left.replaceAll(word, '')
  return withoutRuns(left).replace(/[^\p{L}\p{N}]/gu, '')
}

/** Why a password cannot be taken, in words, or null. `about` are the person's own names. */
export function passwordWeakness(password: string, about: readonly string[]): string | null {
  const text = normal(password)
  if ([...text].length < passwordLengthMin)
    return `Use ${passwordLengthMin} characters or more. Three or four words that only you would put together work well`
  if (text.length > passwordLengthMax) return `Use ${passwordLengthMax} characters or fewer`
  const lower = text.toLowerCase()
  const own = about
    .flatMap((name) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((part) => part.length >= 3)
  const words = [...own, ...guessableWords].sort((a, b) => b.length - a.length)
  const plain = [...lower].map((letter) => lookalikes[letter] ?? letter).join('')
  const left = Math.min(...[rest(lower, words), rest(plain, words)].map((part) => new Set(part).size))
  return left < 5 ? 'This password is easy to guess. Choose words that only you would put together' : null
}
