import { fileURLToPath } from 'node:url';
import { type ContainerRuntimeClient, GenericContainer, getContainerRuntimeClient, ImageName } from 'testcontainers';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const needed = ['node:24-bookworm-slim', 'postgres:15'];

/**
 * The container engine, or the reason why the tests cannot run. With REQUIRE_DOCKER=1 its absence is an error. Never
 * pulls an image.
 */
export async function findEngine(): Promise<{ runtime: ContainerRuntimeClient } | { reason: string }> {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const found = await look();
  if ('reason' in found && process.env.REQUIRE_DOCKER === '1')
    throw new Error(`A container engine is required here: ${found.reason}`);
  return found;
}

/** Builds the image from the Dockerfile, or takes the one that GODWIT_IMAGE names. Returns its name. */
export async function godwitImage(): Promise<string> {
  const given = process.env.GODWIT_IMAGE;
  if (given !== undefined && given !== '') return given;
  const image = 'godwit:test';
  await GenericContainer.fromDockerfile(root).build(image, { deleteOnExit: false });
  return image;
}

async function look(): Promise<{ runtime: ContainerRuntimeClient } | { reason: string }> {
  let runtime: ContainerRuntimeClient;
  try {
    runtime = await getContainerRuntimeClient();
  } catch {
    return { reason: 'no container engine answers' };
  }
  for (const image of needed)
    if (!(await runtime.image.exists(ImageName.fromString(image))))
      return { reason: `the engine has no image ${image}` };
  return { runtime };
}
