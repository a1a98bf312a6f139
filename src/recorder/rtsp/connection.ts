import { connect, type Socket } from 'node:net'
import { Authenticator, type Credentials, parseChallenges } from './authentication.ts'
import { Framing } from './framing.ts'
import { formatRequest, RtspProtocolError, type RtspRequest, type RtspResponse } from './message.ts'
import type { Pacer } from './pacer.ts'
import { RtspTrouble } from './trouble.ts'

export type ConnectionOptions = {
  /** The IP address that was checked; names are never resolved again. */
  readonly address: string
  readonly port: number
  readonly credentials: Credentials | null
  readonly pacer: Pacer
  /** For connecting, and for each answer. */
  readonly timeoutMs: number
  /** An interleaved packet; positions in a buffer that is reused after the call. */
  onPacket(channel: number, bytes: Buffer, start: number, end: number): void
  /** Called once, also after `close()`; null when the peer ended it politely. */
  onClose(error: Error | null): void
}

type Waiting = {
  readonly cseq: number
  resolve(response: RtspResponse): void
  reject(error: Error): void
}

/** One TCP connection to a camera: requests in order, each with its own answer, packets in between. */
export class RtspConnection {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #framing: Framing
  #authenticator: Authenticator | null = null
  #waiting: Waiting | null = null
  #cseq = 0
  #paced = false
  #anyAnswer = false
  #closed = false
  #closeError: Error | null = null

  /** Resolves when connected. Rejects with RtspTrouble 'refused', 'no-answer'. */
  static async open(options: ConnectionOptions): Promise<RtspConnection> {
    const connection = new RtspConnection(options)
    await connection.#connected()
    return connection
  }

  private constructor(options: ConnectionOptions) {
    this.#options = options
    this.#framing = new Framing({
      packet: options.onPacket,
      message: (message) => this.#onMessage(message),
    })
    this.#socket = connect({
      host: options.address,
      port: options.port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: options.pacer.buffer,
        callback: (length, buffer) => this.#onBytes(length, buffer as Buffer),
      },
    })
    this.#socket.on('error', (error) => {
      this.#closeError ??= error
    })
    this.#socket.on('close', () => this.#onSocketClose())
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Reads on the pacer's beat from now on (playing) or at once again (somebody looks live). */
  pace(on: boolean): void {
    if (on === this.#paced) return
    if (on) this.#paced = this.#options.pacer.join(this.#socket)
    else {
      this.#paced = false
      this.#options.pacer.leave(this.#socket)
      this.#socket.resume()
    }
  }

  /**
   * Sends a request and gives its answer, whatever the status, after answering a challenge if there is one.
   * Rejects with RtspTrouble 'needs-password', 'wrong-password', 'no-answer', 'not-a-camera'.
   */
  async request(
    method: string,
    uri: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RtspResponse> {
    const { credentials } = this.#options
    let response = await this.#exchange(method, uri, headers)
    if (response.status !== 401) return response
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (credentials === null) throw new RtspTrouble('needs-password', 'rtsp-401')
      const challenge = parseChallenges(response.headers.get('www-authenticate') ?? [])[0]
      if (!challenge) throw new RtspTrouble('not-a-camera', 'sign-in-unknown')
      const fresh = this.#authenticator === null || (challenge.scheme === 'digest' && challenge.stale)
      if (this.#authenticator === null) this.#authenticator = new Authenticator(credentials, challenge)
      else this.#authenticator.renew(challenge)
      response = await this.#exchange(method, uri, headers)
      if (response.status !== 401) return response
      // Some servers forget to say "stale": one more try with their new nonce, then the password is wrong.
      if (!fresh && attempt > 0) break
    }
    throw new RtspTrouble('wrong-password', 'rtsp-401')
  }

  /** Sends without waiting for an answer (TEARDOWN on the way out). */
  send(method: string, uri: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#closed) return
    this.#cseq += 1
    this.#socket.write(formatRequest(method, uri, this.#headers(method, uri, headers, this.#cseq)))
  }

  close(): void {
    this.#options.pacer.leave(this.#socket)
    // `end` lets a TEARDOWN out; `destroySoon` closes for good after it.
    this.#socket.destroySoon()
  }

  /** For errors of the camera's own handling: closes with this as the reason. */
  fail(error: Error): void {
    this.#closeError ??= error
    this.#options.pacer.leave(this.#socket)
    this.#socket.destroy()
  }

  #headers(method: string, uri: string, headers: Readonly<Record<string, string>>, cseq: number) {
    return {
      CSeq: String(cseq),
      'User-Agent': 'Overt',
      ...(this.#authenticator ? { Authorization: this.#authenticator.header(method, uri) } : {}),
      ...headers,
    }
  }

  #exchange(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<RtspResponse> {
    if (this.#closed) return Promise.reject(this.#closeTrouble())
    if (this.#waiting) return Promise.reject(new Error('one RTSP request at a time'))
    this.#cseq += 1
    const cseq = this.#cseq
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => settle(() => reject(new RtspTrouble('no-answer', `${method.toLowerCase()}-timeout`))),
        this.#options.timeoutMs,
      )
      const settle = (act: () => void) => {
        clearTimeout(timer)
        if (this.#waiting?.cseq === cseq) this.#waiting = null
        act()
      }
      this.#waiting = {
        cseq,
        resolve: (response) => settle(() => resolve(response)),
        reject: (error) => settle(() => reject(error)),
      }
      this.#socket.write(formatRequest(method, uri, this.#headers(method, uri, headers, cseq)))
    })
  }

  async #connected(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      this.#closeError ??= new RtspTrouble('no-answer', 'connect-timeout')
      this.#socket.destroy()
    }, this.#options.timeoutMs)
    this.#socket.once('connect', resolve)
    this.#socket.once('close', () => reject(this.#closeTrouble()))
    try {
      await promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Returns false to stop reading until the next beat. */
  #onBytes(length: number, buffer: Buffer): boolean {
    try {
      this.#framing.push(buffer, length)
    } catch (error) {
      // Whatever goes wrong in parsing or storing this camera's bytes ends this connection and nothing else.
      this.fail(error instanceof Error ? error : new Error(String(error)))
    }
    if (this.#paced) this.#options.pacer.read(this.#socket, length)
    return !this.#paced
  }

  #onMessage(message: RtspResponse | RtspRequest): void {
    if (message.kind === 'request') {
      // RFC 2326 §10: a client that cannot do it says so; servers use this as a sign of life.
      const cseq = message.headers.get('cseq')?.[0] ?? '0'
      const status = message.method === 'OPTIONS' ? '200 OK' : '501 Not Implemented'
      if (/^\d{1,10}$/.test(cseq)) this.#socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${cseq}\r\n\r\n`)
      return
    }
    this.#anyAnswer = true
    const waiting = this.#waiting
    if (!waiting) return
    const cseq = message.headers.get('cseq')?.[0]
    // An answer to something given up on is passed over; servers without CSeq are taken at their word.
    if (cseq !== undefined && Number(cseq) !== waiting.cseq) return
    if (message.status >= 100 && message.status < 200) return
    waiting.resolve(message)
  }

  #onSocketClose(): void {
    if (this.#closed) return
    this.#closed = true
    this.#options.pacer.leave(this.#socket)
    this.#waiting?.reject(this.#closeTrouble())
    this.#options.onClose(this.#closeError)
  }

  #closeTrouble(): Error {
    const error = this.#closeError
    if (error instanceof RtspTrouble) return error
    if (error instanceof RtspProtocolError) return new RtspTrouble('not-a-camera', 'protocol', error)
    const code = (error as NodeJS.ErrnoException | null)?.code
    if (code === 'ECONNREFUSED') return new RtspTrouble('refused', code, error)
    if (code === 'ECONNRESET' || code === 'EPIPE' || error === null) {
      return new RtspTrouble(this.#anyAnswer ? 'refused' : 'not-a-camera', code ?? 'closed', error)
    }
    return code === undefined ? error : new RtspTrouble('no-answer', code, error)
  }
}
