module plutino/sdk

go 1.24
