/** What may be wrong with a camera's address, as the person who typed it can act on it. A closed list. */
export type TroubleCode =
  | 'refused'
  | 'needs-password'
  | 'wrong-password'
  | 'no-answer'
  | 'not-a-camera'
  | 'not-allowed'
  | 'no-video'

const words: Readonly<Record<TroubleCode, string>> = {
  refused: 'The camera refused the connection. Check the address and port, and that RTSP is switched on.',
  'needs-password': 'The camera asks for a user name and password. Add them.',
  'wrong-password': 'The camera did not accept the user name or password.',
  'no-answer': 'Nothing answered at this address. Check the address, the cable and the power.',
  'not-a-camera': 'Something answered, but not as a camera does. Check the port.',
  'not-allowed': 'This recorder may not connect to that address. Ask who runs it to allow the network.',
  'no-video':
    'The camera answered but has no video there that we can record (H.264 or H.265). Check the path.',
}

/** Thrown by everything in `rtsp/`; `detail` is a short code for logs and gap records, without addresses. */
export class RtspTrouble extends Error {
  readonly code: TroubleCode
  readonly detail: string
  constructor(code: TroubleCode, detail: string, cause?: unknown) {
    super(words[code], cause === undefined ? undefined : { cause })
    this.name = 'RtspTrouble'
    this.code = code
    this.detail = detail.slice(0, 60)
  }
}

export const wordsFor = (code: TroubleCode): string => words[code]
