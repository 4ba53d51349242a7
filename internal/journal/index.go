package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// An index file lets Open skip the bytes of a finished segment. It is derived: wrong or
// missing, it is made again. Little-endian:
//
//	8 bytes  "ANJIDX1\n"
//	uint64   number of the first block
//	uint64   bytes of the segment
//	uint64   tree size after its last block
//	uint64   count of blocks
//	count ×  uint64 first entry index, uint32 offset, uint32 length in bytes
//	uint32   CRC-32C of all the above
const (
	indexMagic  = "ANJIDX1\n"
	indexHeader = len(indexMagic) + 4*8
	indexRecord = 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errBadIndex = errors.New("journal: index is of no use")

// blockPos says where a block is: 16 bytes of memory per block.
type blockPos struct {
	first  uint64 // index of its first entry
	offset uint32 // in the segment
	length uint32
}

func encodeIndex(base uint64, t table) []byte {
	b := make([]byte, 0, indexHeader+len(t.blocks)*indexRecord+4)
	b = append(b, indexMagic...)
	for _, v := range [...]uint64{base, uint64(t.end), t.size, uint64(len(t.blocks))} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	for _, p := range t.blocks {
		b = binary.LittleEndian.AppendUint64(b, p.first)
		b = binary.LittleEndian.AppendUint32(b, p.offset)
		b = binary.LittleEndian.AppendUint32(b, p.length)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decodeIndex refuses an index that is damaged or not of this segment.
func decodeIndex(b []byte, base uint64, segmentBytes int64) (table, error) {
	if len(b) < indexHeader+indexRecord+4 || string(b[:len(indexMagic)]) != indexMagic {
		return table{}, errBadIndex
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	head := func(i int) uint64 { return binary.LittleEndian.Uint64(b[len(indexMagic)+8*i:]) }
	records := body[indexHeader:]
	if crc32.Checksum(body, castagnoli) != sum || head(0) != base || head(1) != uint64(segmentBytes) ||
		uint64(len(records)) != head(3)*indexRecord {
		return table{}, errBadIndex
	}
	t := table{blocks: make([]blockPos, head(3)), end: segmentBytes, size: head(2)}
	at := uint64(0)
	for i := range t.blocks {
		r := records[i*indexRecord:]
		p := blockPos{binary.LittleEndian.Uint64(r), binary.LittleEndian.Uint32(r[8:]), binary.LittleEndian.Uint32(r[12:])}
		if uint64(p.offset) != at || i > 0 && p.first <= t.blocks[i-1].first {
			return table{}, errBadIndex
		}
		at += uint64(p.length)
		t.blocks[i] = p
	}
	if at != uint64(segmentBytes) || t.size <= t.blocks[len(t.blocks)-1].first {
		return table{}, errBadIndex
	}
	return t, nil
}
