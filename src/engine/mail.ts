import { createTransport } from 'nodemailer'
import { Failure } from '#base/base.ts'

/** A message of plain text. Nothing else is ever sent: no pictures, no attachments, no tracking. */
export type Message = {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same for the same message however often it is tried: of it the Message-ID is made. Says nothing about anybody. */
  readonly id?: string
}

export type Mail = {
  /** Hands one message to the landlord's mail server. @throws Failure('unavailable') when it does not take it */
  send(message: Message): Promise<void>
  close(): void
}

/** A server that hangs must not hold up the work behind it. */
const patienceMs = 15_000

/**
 * Mail through the landlord's own SMTP server (RFC 5321; STARTTLS where it is offered, and demanded with a password).
 * @param options.url `smtp://` or `smtps://`, with user and password where the server asks for them
 * @param options.from the sender's address
 * @throws Failure('invalid') when the address of the server isn't one
 */
export function openMail(options: { url: string; from: string }): Mail {
  let url: URL
  try {
    url = new URL(options.url)
  } catch {
    throw new Failure(
      'invalid',
      'OVERT_SMTP_URL is not an address. Give one like smtp://mail.example.org:587',
    )
  }
  if (!['smtp:', 'smtps:'].includes(url.protocol))
    throw new Failure('invalid', 'OVERT_SMTP_URL must begin with smtp:// or smtps://')
  const secure = url.protocol === 'smtps:'
  const domain = options.from
    .split('@')
    .at(-1)!
    .replace(/[^A-Za-z0-9.-]/g, '')
  const user = decodeURIComponent(url.username)
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // A password never goes out in the clear.
    requireTLS: user !== '' && !secure,
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text, id }) {
      try {
        await transport.sendMail({
          from: options.from,
          to: { name: '', address: to },
          subject,
          text,
          ...(id === undefined ? {} : { messageId: `<${id}@overt.${domain}>` }),
          // Nobody's absence note should come back to a program.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        throw new Failure('unavailable', 'the mail server did not take a message', error)
      }
    },
    close: () => transport.close(),
  }
}
