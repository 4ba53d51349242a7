package token

import "github.com/anjian-ledger/anjian/domain/law"

// OfficerWithoutCertificate is the code under which nobody becomes an officer whose certificate is not registered (R42).
const OfficerWithoutCertificate law.Code = "officer-without-certificate"

var _ = law.Declare(law.OfTokens, law.Text{Code: OfficerWithoutCertificate, Acts: law.Refuses, Rules: []law.Rule{law.R42},
	TitleZH: "无执法证件", Title: "No certificate of enforcement",
	SaysZH: "人员 {person} 未登记执法证号", Says: "no certificate of enforcement is registered for {person}",
	RemedyZH: "先由登记机关登记其执法证号，再签发令牌", Remedy: "have the certificate registered with the person, then issue the token"})
