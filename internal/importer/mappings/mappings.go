// Package mappings has the mappings of records that others published; package importer reads the
// files, gives the ids and sends.
//
//	           msha                   toronto                      chicago
//	subject    mine_name              Establishment ID             License
//	inspection mine and begin date    Inspection ID                Inspection_ID
//	team       unknown                unknown                      sanitarian; blank is none
//	finding    row                    row with an infraction       item_no, count times
//	level      unknown                C major, M S general, NA unknown    unknown
//	penalty    assessment > 0         fine > 0, or "Fined"         none in the source
//
// The doc comments of the mapping functions state the decisions and their reasons.
package mappings

import "github.com/anjian-ledger/anjian/internal/importer"

// MSHA maps violations of the US Mine Safety and Health Administration.
var MSHA = importer.Mapping{Format: "msha", Kinds: []importer.Kind{mshaKind}, Map: mapMSHA}

// Toronto maps inspections of the City of Toronto's DineSafe programme.
var Toronto = importer.Mapping{Format: "toronto", Kinds: []importer.Kind{torontoKind}, Map: mapToronto}

// Chicago maps food inspections of the City of Chicago.
var Chicago = importer.Mapping{Format: "chicago", Kinds: []importer.Kind{chicagoInspections, chicagoItems}, Map: mapChicago}
