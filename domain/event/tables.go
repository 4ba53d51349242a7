package event

import "github.com/anjian-ledger/anjian/domain/codes"

// CodeTable returns the code table that the declaration of a member names, or nil.
func CodeTable(name string) *codes.Table {
	switch name {
	case roles.Name:
		return roles
	case currencyTable.Name:
		return currencyTable
	}
	return codes.TableOf(name)
}

// roles are those that a token can have.
var roles = func() *codes.Table {
	chinese := map[Role]string{
		RoleInspector: "督查组成员", RoleTeamLeader: "组长", RoleSupervisionOffice: "市安委办", RoleDisciplineCommission: "市纪委监委",
		RoleCityGovernment: "市政府", RoleCountyGovernment: "县区政府", RoleDepartment: "主管部门", RoleImporter: "数据导入",
		RoleAuditor: "审计", RoleAdmin: "系统管理",
	}
	var list []codes.Code
	for _, r := range Roles {
		list = append(list, codes.Code{Code: string(r), Chinese: chinese[r]})
	}
	return codes.NewTable("role", "角色", list...)
}()
