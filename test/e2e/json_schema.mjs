// SPDX-License-Identifier: Apache-2.0
// As much of JSON Schema 2020-12 as the OpenAPI document is written in; stricter in one thing: a member that no schema of the object
// names is a fault, because the server refuses it.
const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
const types = {
  object: isObject,
  array: Array.isArray,
  string: (v) => typeof v === 'string',
  boolean: (v) => typeof v === 'boolean',
  integer: Number.isSafeInteger,
  number: (v) => typeof v === 'number',
};
const formats = {
  uuid: (v) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(v),
  uri: (v) => URL.canParse(v),
  email: (v) => /^[^@\s]+@[^@\s]+$/.test(v),
  date: (v) => /^\d{4}-\d\d-\d\d$/.test(v),
  int64: () => true,
  password: () => true,
};

// All that is known of an object: of the schema itself, of what it refers to, of all that it is.
const flatten = (schema, doc) => {
  const target = schema.$ref ? flatten(schema.$ref.slice(2).split('/').reduce((at, name) => at[name], doc), doc) : {};
  return [schema, target, ...(schema.allOf ?? []).map((s) => flatten(s, doc))].reduce((a, b) => ({
    ...a, ...b, properties: { ...a.properties, ...b.properties }, required: [...(a.required ?? []), ...(b.required ?? [])],
  }), {});
};

const membersFaults = (s, doc, value, at) => Object.entries(value).flatMap(([name, v]) => {
  const of = s.properties[name] ?? s.additionalProperties;
  if (of) return faultsOf(of, doc, v, `${at}.${name}`);
  return s.type === 'object' && Object.keys(s.properties).length ? [`${at}.${name} is not known`] : [];
});

// What is wrong with a value, a line each.
export const faultsOf = (schema, doc, value, at = '$') => {
  const s = flatten(schema, doc);
  if (s.anyOf) return s.anyOf.map((one) => faultsOf(one, doc, value, at)).sort((a, b) => a.length - b.length)[0];
  if (s.type && !types[s.type](value)) return [`${at} is no ${s.type}`];
  const faults = [];
  if (s.enum && !s.enum.includes(value)) faults.push(`${at} is not one of ${s.enum}`);
  if (typeof value === 'string') {
    if (s.format && !formats[s.format](value)) faults.push(`${at} is no ${s.format}`);
    if (value.length < (s.minLength ?? 0) || value.length > (s.maxLength ?? Infinity)) faults.push(`${at} has the wrong length`);
  }
  if (typeof value === 'number' && (value < (s.minimum ?? -Infinity) || value > (s.maximum ?? Infinity))) faults.push(`${at} is out of range`);
  if (Array.isArray(value)) faults.push(...value.flatMap((v, i) => (s.items ? faultsOf(s.items, doc, v, `${at}[${i}]`) : [])));
  if (isObject(value)) {
    faults.push(...s.required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`));
    faults.push(...membersFaults(s, doc, value, at));
  }
  return faults;
};
