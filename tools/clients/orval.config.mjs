export default {
  godwit: {
    input: '../../openapi/openapi.yaml',
    output: { target: './generated/orval.ts', client: 'fetch' },
  },
};
