import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../common/access/access.decorator.js';
import { FileLinkRedemption } from './file-link-redemption.js';
import { ReturnsShared } from './files.openapi.js';
import { SignatureQuery } from './signed-urls.dto.js';

@ApiTags('Files')
@Controller('files/shared')
export class SharedFilesController {
  constructor(private readonly redemption: FileLinkRedemption) {}

  /** The id is taken as it stands: it is signed. */
  @Get(':link_id')
  @Public()
  @ApiOperation({ summary: 'Open a link to a file, as it was given' })
  @ReturnsShared()
  redeem(
    @Param('link_id') id: string,
    @Query() query: SignatureQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.redemption.redeem(id, query, request, response);
  }
}
