/** Where the databases of tests lie: in memory where there is plenty, else among the temporary files. */
export function memoryOrDisk(): string;
