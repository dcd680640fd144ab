import 'reflect-metadata';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as unknownDependencies from '@nestjs/core/errors/exceptions/unknown-dependencies.exception.js';
import * as injector from '@nestjs/core/injector/injector.js';

globalThis.importedForCommonJs = {
  '@nestjs/common': common,
  '@nestjs/core': core,
  '@nestjs/core/errors/exceptions/unknown-dependencies.exception': unknownDependencies,
  '@nestjs/core/injector/injector': injector,
};
