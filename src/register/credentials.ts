import { join } from 'node:path'
import { Failure, openSecretBox, type SecretBox, secretBox } from '#base/base.ts'

/** Cameras' user names and passwords. They are written, handed to the recorder that dials the camera, and never shown. */
export type CredentialBox = {
  seal(cameraId: string, credentials: Credentials): Buffer
  /** Throws `data-loss` when it was sealed for another camera or under another key. */
  open(cameraId: string, sealed: Buffer): Credentials
}
export type Credentials = { readonly username: string; readonly password: string }

const label = 'overt camera credentials 1'

/** Opens the box, making its key at the first start. `keysFolder` is `OVERT_HOME/keys`, mode 0700. */
export const openCredentialBox = async (keysFolder: string): Promise<CredentialBox> =>
  inBox(await openSecretBox(join(keysFolder, 'camera-credentials.key'), label))

export const credentialBox = (key: Buffer): CredentialBox => inBox(secretBox(key, label))

const inBox = (box: SecretBox): CredentialBox => ({
  seal: (cameraId, { username, password }) => box.seal(cameraId, JSON.stringify([username, password])),
  open(cameraId, sealed) {
    if (sealed.length < 28) throw new Failure('data-loss', "a camera's sealed password is too short")
    try {
      const [username, password] = JSON.parse(box.open(cameraId, sealed)) as [string, string]
      return { username, password }
    } catch (error) {
      throw new Failure(
        'data-loss',
        "couldn't open a camera's sealed password: type it again on the camera's page",
        error,
      )
    }
  },
})
