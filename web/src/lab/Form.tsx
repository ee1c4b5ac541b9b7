// What is asked of the laboratory: the experiment and its settings; start, pause, stop.
import { trainedKind } from '../../../wasm/lab/request.mjs';
import { lab, type LabSettings } from '../state/project';
import { exported, pause, problem, resume, start, started, status, stop } from './run';

const change = (part: Partial<LabSettings>) => {
  lab.value = { ...lab.peek(), ...part };
};

function NumberField({
  label,
  name,
  most,
  placeholder,
  hint,
}: {
  label: string;
  name: 'd' | 'seed' | 'steps' | 'layers' | 'heads' | 'width';
  most: number;
  placeholder: string;
  hint: string;
}) {
  return (
    <label title={hint}>
      {label}
      <input
        type="number"
        min={name === 'seed' ? 0 : 1}
        max={most}
        step={1}
        value={lab.value[name] ?? ''}
        placeholder={placeholder}
        onInput={(e) => {
          const v = e.currentTarget.valueAsNumber;
          change({ [name]: Number.isInteger(v) && v >= 0 && v <= 1e7 ? v : undefined });
        }}
      />
    </label>
  );
}

export function Form({ save }: { save: (name: string, content: BlobPart, type: string) => void }) {
  const s = lab.value;
  const busy = status.value === 'running' || status.value === 'starting' || status.value === 'paused';
  const D = started.value?.model.d_model,
    kind = trainedKind(s);
  return (
    <form
      class="lab-form"
      onSubmit={(e) => {
        e.preventDefault();
        change({ run: true });
        void start();
      }}
    >
      <fieldset class="lab-kinds">
        <legend class="visually-hidden">Experiment</legend>
        {(
          [
            ['superposition', 'Compress', 'the same model in fewer dimensions'],
            ['twin', 'Train a twin', 'the same task from random weights'],
            ['methods', 'Find the circuit', 'methods against the truth'],
          ] as const
        ).map(([kind, name, what]) => (
          <label class={s.kind === kind ? 'on' : ''}>
            <input type="radio" name="kind" checked={s.kind === kind} onChange={() => change({ kind })} /> {name}
            <small>{what}</small>
          </label>
        ))}
      </fieldset>
      <div class="lab-fields">
        {s.kind === 'methods' && (
          <label title="What the methods look at">
            Model
            <select
              value={s.of ?? ''}
              onChange={(e) => change({ of: (e.currentTarget.value || undefined) as LabSettings['of'] })}
            >
              <option value="">compiled</option>
              <option value="superposition">compressed, trained first</option>
              <option value="twin">a twin, trained first</option>
            </select>
          </label>
        )}
        {kind === 'superposition' ? (
          <>
            <NumberField
              label="Dimensions d"
              name="d"
              most={D ?? 4096}
              placeholder="half"
              hint="What the residual stream has after compression"
            />
            <label title="How W begins">
              Start
              <select
                value={s.recipe ?? ''}
                onChange={(e) => change({ recipe: (e.currentTarget.value || undefined) as LabSettings['recipe'] })}
              >
                <option value="">automatic</option>
                <option value="orthonormal">orthonormal</option>
                <option value="principal">principal directions</option>
                <option value="paper">as in the paper (long)</option>
              </select>
            </label>
            <label class="check" title="Our optimised models have little left to compress">
              <input
                type="checkbox"
                checked={!s.optimised}
                onChange={(e) => change({ optimised: !e.currentTarget.checked || undefined })}
              />{' '}
              plain construction
            </label>
          </>
        ) : (
          kind === 'twin' && (
            <>
              <NumberField
                label="Layers"
                name="layers"
                most={8}
                placeholder="predicted"
                hint="Where empty: as many as the compiled model has with heads"
              />
              <NumberField
                label="Heads a layer"
                name="heads"
                most={8}
                placeholder="predicted"
                hint="Where empty: as the compiled model"
              />
              <NumberField label="Width" name="width" most={256} placeholder="32" hint="Of its residual stream" />
              <label class="check" title="The loss asks the heads to attend as the compiled ones do, too">
                <input
                  type="checkbox"
                  checked={s.patterns ?? false}
                  onChange={(e) => change({ patterns: e.currentTarget.checked || undefined })}
                />{' '}
                show it the compiled attention
              </label>
            </>
          )
        )}
        {kind && (
          <NumberField
            label="Steps"
            name="steps"
            most={1_000_000}
            placeholder={kind === 'twin' ? '6000' : '4000'}
            hint="Of training"
          />
        )}
        <NumberField
          label="Seed"
          name="seed"
          most={4294967295}
          placeholder="1"
          hint="The same seed gives the same run, everywhere"
        />
      </div>
      <p class="lab-buttons">
        {!busy && (
          <button type="submit" class="primary">
            Start
          </button>
        )}
        {status.value === 'running' && (
          <button type="button" onClick={pause}>
            Pause
          </button>
        )}
        {status.value === 'paused' && (
          <button type="button" class="primary" onClick={resume}>
            Go on
          </button>
        )}
        {busy && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
        {started.value && status.value !== 'starting' && s.kind !== 'methods' && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              exported().then(
                (bytes) => save('laboratory.safetensors', bytes, 'application/octet-stream'),
                (e: Error) => {
                  problem.value = e.message;
                },
              );
            }}
          >
            Weights
          </button>
        )}
      </p>
    </form>
  );
}
