/** The used parts of two official SDKs without types. */
declare module 'ali-oss' {
  export default class OSS {
    constructor(options: Readonly<Record<string, unknown>>);
    get(key: string, options?: { readonly headers?: Readonly<Record<string, string>> }): Promise<{ content: Buffer }>;
    listV2(query: Readonly<Record<string, unknown>>): Promise<{
      objects?: readonly { name: string; size: number; storageClass: string; etag: string }[];
      isTruncated: boolean;
      nextContinuationToken: string | null;
    }>;
  }
}

declare module 'esdk-obs-nodejs' {
  interface Answer {
    readonly CommonMsg: { readonly Status: number; readonly Code: string };
    readonly InterfaceResult: {
      readonly Content?: unknown;
      readonly Contents?: readonly { readonly Key: string; readonly Size: string; readonly StorageClass: string }[];
      readonly IsTruncated?: string;
      readonly NextMarker?: string;
    };
  }
  export default class ObsClient {
    constructor(options: Readonly<Record<string, unknown>>);
    getObject(query: Readonly<Record<string, unknown>>): Promise<Answer>;
    listObjects(query: Readonly<Record<string, unknown>>): Promise<Answer>;
  }
}
