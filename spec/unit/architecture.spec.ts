import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import ts from 'typescript';

import { ROOT, sourceFiles } from './helpers/sources';

/**
 * From the ground up. A unit is a file or a folder; it may import from itself and from layers below its
 * own, but not from its neighbours in the layer, and of course not from above. Imports of types count.
 */
const LAYERS: readonly (readonly (string | readonly string[])[])[] = [
  ['lib/errors.ts', 'lib/at-exit.ts', 'lib/logger.ts', 'lib/server-urls.ts', 'lib/version.ts'],
  ['lib/known-names.ts', 'lib/options.ts', 'lib/adapter/'],
  ['lib/optional-require.ts', 'lib/config.ts', 'lib/record/'],
  ['lib/context/', ['lib/storage/', 'migrations/']],
  ['lib/buffer/'],
  ['lib/trail/'],
  ['lib/capture/', 'lib/worker/'],
  ['lib/history/', 'lib/reconcile/', 'lib/status/'],
  ['lib/mixin/', 'lib/viewer/'],
  ['lib/integrations/'],
  ['lib/index.ts'],
  ['cli/'],
];

interface Import {
  readonly from: string;
  /** A file of the repository, or what the import says if it is none. */
  readonly to: string;
}

const FILES = sourceFiles('lib', 'cli', 'migrations');
const IMPORTS = FILES.flatMap(importsOf);

/** Imports, re-exports, `import()` in code and in types, and `require()`; those of types only as well. */
function importsOf(from: string): Import[] {
  const text = fs.readFileSync(path.join(ROOT, from), 'utf8');
  const source = ts.createSourceFile(from, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.map((specifier) => ({ from, to: resolve(from, specifier) }));
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return isImport || isRequire ? node.arguments[0] : undefined;
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const target = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '');
  const candidates = [`${target}.ts`, `${target}/index.ts`];
  return candidates.find((candidate) => fs.existsSync(path.join(ROOT, candidate))) ?? target;
}

/** Layer and unit of a file, as two numbers. */
function placeOf(file: string): { layer: number; unit: number } | undefined {
  for (const [layer, units] of LAYERS.entries()) {
    const unit = units.findIndex((paths) =>
      [paths].flat().some((own) => (own.endsWith('/') ? file.startsWith(own) : file === own)),
    );
    if (unit >= 0) return { layer, unit };
  }
  return undefined;
}

describe('The architecture', () => {
  it('is read from the sources: files, imports of values and of types', () => {
    expect(FILES).to.include.members(['lib/index.ts', 'lib/trail/trail.ts', 'migrations/index.ts']);
    expect(IMPORTS).to.deep.include({ from: 'lib/context/scope.ts', to: 'lib/known-names.ts' });
    expect(IMPORTS).to.deep.include({ from: 'lib/record/record.ts', to: 'lib/record/values.ts' });
    expect(IMPORTS).to.deep.include({ from: 'lib/storage/migrator.ts', to: 'migrations/index.ts' });
    expect(IMPORTS).to.deep.include({ from: 'lib/index.ts', to: 'lib/config.ts' });
  });

  it('finds the file behind every relative import', () => {
    const lost = IMPORTS.filter(({ to }) =>
      /^(\.|lib|cli|migrations|spec|bench|faults|examples)(\/|$)/.test(to),
    );

    expect(
      lost.filter(({ to }) => !fs.existsSync(path.join(ROOT, to)) || !/\.(ts|json)$/.test(to)),
    ).to.deep.equal([]);
  });

  it('has a layer for every file', () => {
    expect(FILES.filter((file) => !placeOf(file))).to.deep.equal([]);
  });

  it('has a file for every unit of its layers', () => {
    const units = LAYERS.flat(2).filter((unit) => !FILES.some((file) => file.startsWith(unit)));

    expect(units).to.deep.equal([]);
  });

  it('has no circles', () => {
    const next = new Map(
      FILES.map((file) => [file, IMPORTS.filter(({ from }) => from === file).map(({ to }) => to)]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trace: readonly string[]): void => {
      if (trace.includes(file)) circles.push([...trace.slice(trace.indexOf(file)), file].join(' → '));
      if (done.has(file) || trace.includes(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...trace, file]);
      done.add(file);
    };
    for (const file of FILES) visit(file, []);

    expect(circles).to.deep.equal([]);
  });

  it('imports downwards only', () => {
    const upwards = IMPORTS.filter(({ from, to }) => {
      const [here, there] = [placeOf(from), placeOf(to)];
      if (!here || !there) return false;
      return there.layer > here.layer || (there.layer === here.layer && there.unit !== here.unit);
    });

    expect(upwards.map(({ from, to }) => `${from} → ${to}`)).to.deep.equal([]);
  });

  it('needs nothing of the specs, the benchmark, the examples, of what is built, or of itself by name', () => {
    const strange = IMPORTS.filter(({ to }) =>
      /^(\.\.|spec\/|bench\/|faults\/|examples\/|docs\/|scripts\/|dist\/|sequelize-async-audit)/.test(to),
    );

    expect(strange).to.deep.equal([]);
  });

  it('needs no packages but those of package.json', () => {
    interface Package {
      dependencies: object;
      peerDependencies: object;
      peerDependenciesMeta: Record<string, { optional: boolean }>;
    }
    const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Package;
    const listed = { ...manifest.dependencies, ...manifest.peerDependencies };
    const packages = new Set(
      IMPORTS.filter(({ to }) => !placeOf(to) && !/^(\.|node:|package\.json$)/.test(to)).map(({ to }) =>
        to
          .split('/')
          .slice(0, to.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    );

    expect(packages).to.include('sequelize');
    expect([...packages].filter((name) => !(name in listed))).to.deep.equal([]);
  });

  it('loads built-in modules by their node: names', () => {
    const builtIn = new Set(
      (process.getBuiltinModule?.('node:module') ?? { builtinModules: [] }).builtinModules,
    );

    expect(builtIn.size).to.be.above(0);
    expect(IMPORTS.filter(({ to }) => builtIn.has(to))).to.deep.equal([]);
  });

  it('exports by name, never everything', () => {
    const all = FILES.filter((file) => /export \*/.test(fs.readFileSync(path.join(ROOT, file), 'utf8')));

    expect(all).to.deep.equal([]);
  });

  it('knows the inside of Sequelize in lib/adapter only', () => {
    const isAdapter = (file: string): boolean => file.startsWith('lib/adapter/');
    const declared = new Set(FILES.filter(isAdapter).flatMap((file) => [...underscored(file)]));
    const others = FILES.filter((file) => !isAdapter(file));

    expect([...declared]).to.include.members(['_previousDataValues', '_cls']);
    for (const file of others) {
      // What its interfaces name is typed there, so that the others may use it.
      expect(
        [...underscored(file)].filter((name) => !declared.has(name)),
        file,
      ).to.deep.equal([]);
    }
  });
});

/** Members, however they are written, whose name begins with an underscore. */
function underscored(file: string): Set<string> {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(path.join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name =
      ts.isPropertyAccessExpression(node) || ts.isPropertySignature(node) || ts.isPropertyAssignment(node)
        ? node.name
        : ts.isElementAccessExpression(node)
          ? node.argumentExpression
          : ts.isBindingElement(node)
            ? (node.propertyName ?? node.name)
            : undefined;
    const text = name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : '';
    if (/^_[a-zA-Z]/.test(text)) names.add(text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}
