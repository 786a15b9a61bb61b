import{b as e,c as t,d as a}from"./chunk-WNMFQNI2.js";import"./chunk-IGB4XQFS.js";import"./chunk-NWNMTRMX.js";import{A as s,F as n,Ha as u,Ja as i,R as r,U as l,b as o,c as d,d as c,fa as $,ga as v,ha as p,i as m,l as h,na as f,oa as b,ua as g,x as k,y,ya as w}from"./chunk-S6QXK7HX.js";function I({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function j({id:s}){let d=l(),j=c(!1),S=c(!1),N=c("");b.value;let X=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),N.value="",S.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;S.value="not_found"===e.code,N.value=S.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let A=r("activity.write",s)&&r("status.write",s),E=r("status.write",s)&&h`<button type="button" onClick=${()=>j.value=!0}>${d.board.setSelected}</button>`;return h`${N.value&&h`<${$} kind="error">${N.value}<//>`}
${X?h`<div class=${N.value?"stale":""}>
<div class="person-head">
<${e} person=${X} />
${A?h`<${I} id=${s} />`:h`<${w} status=${X.status} large />`}
${E}
</div>
<${t} person=${X} />
<${a} id=${s} person=${X} />
</div>`:S.value?h`<${v} isPage title=${d.person.unseenYet}>${A?h`<${I} id=${s} />`:E}<//>`:!N.value&&h`<${p} />`}
${j.value&&h`<${i} ids=${[s]} onClose=${()=>j.value=!1} />`}`}export{j as OwnPage};