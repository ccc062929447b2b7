import { useRef, useState } from "react";
import { useStrings } from "../strings.ts";
import type { AttachmentProps } from "./attachment.ts";
import { FileCard } from "./file-card.tsx";
import { Icon } from "./icon.tsx";

interface Playback {
  playing: boolean;
  /** Seconds. */
  position: number;
  /** Seconds; 0 until known. */
  duration: number;
}

const stopped: Playback = { playing: false, position: 0, duration: 0 };

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function read(audio: HTMLAudioElement): Playback {
  const duration = Number.isFinite(audio.duration) ? audio.duration : 0;
  return { playing: !audio.paused, position: audio.currentTime, duration };
}

/** Music or a voice; as a file where the browser cannot play it. */
export function AudioPlayer({ row, url, progress }: AttachmentProps) {
  const strings = useStrings();
  const audio = useRef<HTMLAudioElement>(null);
  const [playback, setPlayback] = useState(stopped);
  const [broken, setBroken] = useState<string | null>(null);
  if (broken === url) return <FileCard row={row} url={url} progress={progress} />;
  const update = () => audio.current && setPlayback(read(audio.current));
  const toggle = () => {
    if (!audio.current) return;
    if (audio.current.paused) audio.current.play().catch(() => setBroken(url));
    else audio.current.pause();
  };
  const name = row.attachment_name ?? strings.audio;
  return (
    <div className="message-attachment parley-audio" role="group" aria-label={name}>
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onLoadedMetadata={update}
        onDurationChange={update}
        onTimeUpdate={update}
        onPlay={update}
        onPause={update}
        onEnded={update}
        onError={() => setBroken(url)}
      />
      {progress ?? <PlayButton playing={playback.playing} onClick={toggle} />}
      <div className="parley-audio-track">
        <Seek
          playback={playback}
          onSeek={(to) => audio.current && (audio.current.currentTime = to)}
        />
        <span className="parley-audio-time">
          {clock(playback.position || playback.duration)}
          <bdi>{name}</bdi>
        </span>
      </div>
    </div>
  );
}

function PlayButton({ playing, onClick }: { playing: boolean; onClick: () => void }) {
  const strings = useStrings();
  return (
    <button
      type="button"
      className="parley-play"
      aria-label={playing ? strings.pause : strings.play}
      onClick={onClick}
    >
      <Icon name={playing ? "pause" : "play"} />
    </button>
  );
}

function Seek({ playback, onSeek }: { playback: Playback; onSeek: (seconds: number) => void }) {
  const strings = useStrings();
  const { position, duration } = playback;
  const share = duration > 0 ? position / duration : 0;
  return (
    <input
      type="range"
      className="parley-seek"
      aria-label={strings.position}
      aria-valuetext={`${clock(position)} / ${clock(duration)}`}
      min={0}
      max={duration || 1}
      step="any"
      value={position}
      disabled={duration === 0}
      style={{ backgroundSize: `${share * 100}% 100%` }}
      onChange={(event) => onSeek(Number(event.currentTarget.value))}
    />
  );
}
