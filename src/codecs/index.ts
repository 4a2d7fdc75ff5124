import type { CodecDefinition } from '../api/definition.ts'
import { binary } from './binary.ts'
import { delimited } from './delimited/codec.ts'
import { json } from './json/codec.ts'
import { urlencoded } from './urlencoded.ts'

export const codecs: readonly CodecDefinition[] = [json, delimited, binary, urlencoded]
