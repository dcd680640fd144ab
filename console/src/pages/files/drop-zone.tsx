import { Upload } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';

/** The whole window takes files that are dragged onto it, and says so while they hover. */
export function DropZone({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const [hovers, setHovers] = useState(false);
  const take = useEffectEvent((event: DragEvent) => {
    if (!bringsFiles(event)) return;
    // The browser would leave the console and show the file instead.
    event.preventDefault();
    setHovers(event.type === 'dragover');
    if (event.type === 'drop') onFiles(filesIn(event.dataTransfer));
  });
  useEffect(() => {
    const hear = (event: DragEvent) => take(event);
    const left = (event: DragEvent) => event.relatedTarget === null && setHovers(false);
    window.addEventListener('dragover', hear);
    window.addEventListener('drop', hear);
    window.addEventListener('dragleave', left);
    return () => {
      window.removeEventListener('dragover', hear);
      window.removeEventListener('drop', hear);
      window.removeEventListener('dragleave', left);
    };
  }, []);
  if (!hovers) return null;
  return (
    <div className="drop-zone">
      <Upload className="icon" /> Let go to upload
    </div>
  );
}

const bringsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;

/** Without folders, which come as files that can not be read. */
function filesIn(transfer: DataTransfer | null): File[] {
  return [...(transfer?.items ?? [])]
    .filter((item) => item.kind === 'file' && item.webkitGetAsEntry()?.isDirectory !== true)
    .flatMap((item) => item.getAsFile() ?? []);
}
