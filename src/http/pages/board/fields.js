// @ts-check
import { html, nothing } from './lit-html.js';
import { prose } from './parts.js';

/**
 * Fields of a form. One object holds the values by field name, so that a value remains while its field is hidden.
 * @typedef {object} Form
 * @property {Record<string, any>} values
 * @property {() => void} changed
 * @property {import('./dialog.js').Claim} claim
 *
 * @typedef {object} Field
 * @property {string} name Also the id of the element.
 * @property {string} title
 * @property {string} [pointer] JSON pointer of the value in the body.
 * @property {any} [help]
 * @property {boolean} [required]
 * @property {string} [placeholder]
 * @property {boolean} [lines] One value per line.
 */

/** @param {Form} form @param {Field} field */
export function textField(form, { name, title, pointer, help, required = false, placeholder, lines = false }) {
  const faults = pointer === undefined ? [] : form.claim(pointer);
  const described = `${faults.length > 0 ? `${name}-fault ` : ''}${help ? `${name}-help` : ''}`.trim();
  const input = (/** @type {any} */ { target }) => {
    form.values[name] = target.value;
    form.changed();
  };
  const value = form.values[name] ?? '';
  const common = { described: described || nothing, invalid: faults.length > 0 ? 'true' : nothing };
  return html`<div class="field">
    <label for=${name}>${title}${required ? nothing : html` <span class="quiet">optional</span>`}</label>
    ${
      lines
        ? html`<textarea
            id=${name}
            rows="3"
            autocomplete="off"
            spellcheck="false"
            ?required=${required}
            placeholder=${placeholder ?? nothing}
            aria-describedby=${common.described}
            aria-invalid=${common.invalid}
            .value=${value}
            @input=${input}
          ></textarea>`
        : html`<input
            id=${name}
            autocomplete="off"
            spellcheck="false"
            ?required=${required}
            placeholder=${placeholder ?? nothing}
            aria-describedby=${common.described}
            aria-invalid=${common.invalid}
            .value=${value}
            @input=${input}
          />`
    }
    ${faultsAt(name, faults)} ${help ? html`<div class="quiet" id="${name}-help">${help}</div>` : nothing}
  </div>`;
}

/** @param {Form} form @param {Field & { choices: [string, string][] }} field */
export function choiceField(form, { name, title, pointer, help, choices }) {
  const faults = pointer === undefined ? [] : form.claim(pointer);
  return html`<div class="field">
    <label for=${name}>${title}</label>
    <select
      id=${name}
      aria-invalid=${faults.length > 0 ? 'true' : nothing}
      aria-describedby=${faults.length > 0 ? `${name}-fault` : nothing}
      @change=${(/** @type {any} */ { target }) => {
        form.values[name] = target.value;
        form.changed();
      }}
    >
      ${choices.map(
        ([value, words]) => html`<option value=${value} ?selected=${(form.values[name] ?? choices[0]?.[0]) === value}>
          ${words}
        </option>`,
      )}
    </select>
    ${faultsAt(name, faults)} ${help ? html`<div class="quiet">${help}</div>` : nothing}
  </div>`;
}

/** @param {Form} form @param {Field} field */
export function checkField(form, { name, title, pointer, help }) {
  const faults = pointer === undefined ? [] : form.claim(pointer);
  return html`<div class="field">
    <label class="check"
      ><input
        id=${name}
        type="checkbox"
        .checked=${form.values[name] === true}
        @change=${(/** @type {any} */ { target }) => {
          form.values[name] = target.checked;
          form.changed();
        }}
      />
      ${title}</label
    >
    ${faultsAt(name, faults)} ${help ? html`<div class="quiet">${help}</div>` : nothing}
  </div>`;
}

/** @param {Form} form @param {Field & { choices: { value: string, words: any, help?: any }[] }} field */
export function radioField(form, { name, title, choices }) {
  return html`<fieldset class="field">
    <legend>${title}</legend>
    ${choices.map(
      ({ value, words, help }, place) => html`<label class="check"
        ><input
          type="radio"
          name=${name}
          value=${value}
          .checked=${(form.values[name] ?? choices[0]?.value) === value}
          @change=${() => {
            form.values[name] = value;
            form.changed();
          }}
        />
        <span>${words}${help ? html`<span class="quiet block" id="${name}-${place}">${help}</span>` : nothing}</span></label
      >`,
    )}
  </fieldset>`;
}

/**
 * A field for a setting with a JSON schema: a checkbox, a choice, a text, or lines of names with values.
 * @param {Form} form @param {string} name @param {any} schema @param {{ title: string, pointer: string }} place
 */
export function schemaField(form, name, schema, { title, pointer }) {
  const common = { name, title, pointer, help: schema.description ? prose(schema.description) : undefined };
  if (schema.type === 'boolean')
    return choiceField(form, {
      ...common,
      choices: [
        ['', 'as the vendor does'],
        ['true', 'yes'],
        ['false', 'no'],
      ],
    });
  if (schema.enum)
    return choiceField(form, {
      ...common,
      choices: [['', 'as the vendor does'], ...schema.enum.map((/** @type {string} */ each) => [each, each])],
    });
  if (schema.type === 'object') return textField(form, { ...common, lines: true, placeholder: 'name=value' });
  return textField(form, common);
}

/** @param {string} name @param {any[]} faults */
function faultsAt(name, faults) {
  if (faults.length === 0) return nothing;
  return html`<div class="at-fault" id="${name}-fault">${faults.map((each) => html`<p>${prose(each.detail)}</p>`)}</div>`;
}
