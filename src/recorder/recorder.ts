/**
 * recorder: the process beside the cameras. Pulls RTSP itself, seals every fragment as it closes to a key that is not on
 * site, and writes reels. It records a camera only while a signed mandate for it is in force by its own time, which
 * never runs back; it tells why whenever pictures are missing. Linked to a hub it dials out and opens no port; alone it
 * obeys mandates in a folder. It never writes a clear picture anywhere, never takes sound that no mandate asks for,
 * never connects to a network it was not allowed at its start. Knows no database, no person and no policy.
 */
export { mandateSignCommand, type SignAlone, signAlone } from './sign-alone.ts'
export {
  type RecorderOptions,
  type RecorderStatus,
  type RunningRecorder,
  runRecorder,
  startRecorder,
} from './start.ts'
