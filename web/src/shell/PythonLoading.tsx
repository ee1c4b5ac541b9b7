// The first Python program loads Python itself: how far that is.
import { pythonLoading } from '../engine/python/loading';

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

export function PythonLoading() {
  const now = pythonLoading.value;
  if (!now) return null;
  if (now === 'starting')
    return (
      <p class="info python-loading">
        Python is starting… <progress aria-label="Python is starting" />
      </p>
    );
  return (
    <p class="info python-loading">
      Python is being loaded, once: {megabytes(now.loaded)} of {megabytes(now.total)} MB{' '}
      <progress aria-label="Python is being loaded" value={now.loaded} max={now.total} />
    </p>
  );
}
